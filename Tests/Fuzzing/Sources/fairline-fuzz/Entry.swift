import FairlineTesting
import Foundation

/// What libFuzzer calls once, before everything else.
///
/// With `FAIRLINE_FUZZ_SEEDS` the target's seeds are written to that folder, and its tokens to the
/// file beside it that ends in `.dict`; then the program ends.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(_: UnsafeRawPointer?, _: UnsafeRawPointer?) -> CInt {
  // Programs write to pipes that nobody reads.
  signal(SIGPIPE, SIG_IGN)
  guard let folder = ProcessInfo.processInfo.environment["FAIRLINE_FUZZ_SEEDS"] else { return 0 }
  do {
    let target = Session.shared.target
    for (number, seed) in try target.seeds().enumerated() {
      try Data(seed).write(to: URL(fileURLWithPath: "\(folder)/seed-\(number)"))
    }
    let lines = target.tokens.map { Session.dictionaryLine($0) + "\n" }
    try Data(lines.joined().utf8).write(to: URL(fileURLWithPath: "\(folder).dict"))
    exit(0)
  } catch {
    fatalError("no seeds: \(error)")
  }
}

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  Session.shared.read(Array(UnsafeBufferPointer(start: bytes, count: count)))
  return 0
}

/// What libFuzzer calls for a new input: every other one keeps the form of the old one.
@_cdecl("LLVMFuzzerCustomMutator")
public func mutate(
  _ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ capacity: Int, _ seed: CUnsignedInt
) -> Int {
  var numbers = SeededNumbers(seed: UInt64(seed))
  let input = Array(UnsafeBufferPointer(start: bytes, count: count))
  guard numbers.next() % 2 == 0,
    let variant = Session.shared.target.variant(of: input, &numbers), variant.count <= capacity
  else { return mutateFreely(bytes, count, capacity) }
  for (index, byte) in variant.enumerated() { bytes[index] = byte }
  return variant.count
}

/// libFuzzer's own mutations.
@_silgen_name("LLVMFuzzerMutate")
private func mutateFreely(
  _ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ capacity: Int
) -> Int
