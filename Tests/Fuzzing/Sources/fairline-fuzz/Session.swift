import FairlineTensor
import Foundation

/// The target of this process, which `FAIRLINE_FUZZ_TARGET` names, and what is demanded of it.
struct Session: Sendable {
  static let shared = Session()

  /// Memory that reading may take beside the input: a small model and its threads.
  private static let allowance = 128 << 20
  /// Bytes of memory for each byte of the input.
  private static let factor = 1000

  let target: any FuzzTarget

  private init() {
    // Small work is not worth waiting for other threads.
    Parallel.setThreadCount(1)
    let name = ProcessInfo.processInfo.environment["FAIRLINE_FUZZ_TARGET"] ?? ""
    do {
      guard let make = FuzzTargets.all[name] else {
        fatalError("FAIRLINE_FUZZ_TARGET is one of \(FuzzTargets.all.keys.sorted())")
      }
      target = try make()
    } catch {
      fatalError("the target \(name) cannot be prepared: \(error)")
    }
  }

  /// Reads an input: a value or an error with a sentence, without much memory.
  func read(_ bytes: [UInt8]) {
    let before = Self.peak
    do {
      try target.read(bytes)
    } catch {
      let sentence = "\(error)"
      precondition(sentence.count > 8, "no sentence: '\(sentence)'")
    }
    let grown = Self.peak - before
    precondition(
      grown < Self.allowance + Self.factor * bytes.count,
      "\(bytes.count) bytes of input took \(grown) bytes of memory")
  }

  /// The most memory that this process has had so far, in bytes.
  private static var peak: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }

  /// A token as a line of libFuzzer's dictionaries.
  static func dictionaryLine(_ token: String) -> String {
    let safe = token.utf8.map { byte in
      (0x20..<0x7F).contains(byte) && byte != 0x22 && byte != 0x5C
        ? String(UnicodeScalar(byte)) : "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return "\"" + safe.joined() + "\""
  }
}
