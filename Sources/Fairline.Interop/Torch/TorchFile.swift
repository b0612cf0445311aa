import Fairline
import FairlineFoundation

/// What `torch.save` wrote, read without running anything: a pickle, and the numbers of tensors.
///
/// Both forms are known: a zip (torch 1.6 and later), and pickles in a row before the numbers. The
/// file is mapped; numbers are read when they are asked for.
package final class TorchFile: Sendable {
  /// Where the file lies.
  package let path: String
  /// What was saved.
  package let root: PickleNode
  private let file: MappedFile
  /// The bytes of each storage.
  private let storages: [String: Range<Int>]
  private let isBigEndian: Bool

  /// The first bytes of a zip.
  package static let zipStart: [UInt8] = [0x50, 0x4B, 0x03, 0x04]
  /// The first bytes of the older form: a pickle of a number that stands for it.
  package static let legacyStart: [UInt8] = [
    0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19,
  ]

  /// Whether a file begins as torch's do.
  package static func begins(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: zipStart) || bytes.starts(with: legacyStart)
  }

  /// Reads everything but the numbers.
  ///
  /// - Throws: `UserError` naming the file and what is wrong with it.
  package init(path: String) throws {
    self.path = path
    let file = try MappedFile(path)
    self.file = file
    let parts: Parts
    do {
      guard !file.bytes.isEmpty else { throw ZipError("it is empty") }
      let isZip = file.bytes.starts(with: Self.zipStart)
      parts = try isZip ? Self.readZip(file) : Self.readLegacy(file)
    } catch let error as FileError {
      throw error
    } catch {
      throw UserError("\(path) is no file of PyTorch that can be read: \(error); use another copy")
    }
    (root, storages, isBigEndian) = (parts.root, parts.storages, parts.isBigEndian)
  }

  private struct Parts {
    var root: PickleNode
    var storages: [String: Range<Int>]
    var isBigEndian = false
  }

  private static func readZip(_ file: MappedFile) throws -> Parts {
    let archive = try ZipArchive(file)
    let suffix = "/data.pkl"
    guard let main = archive.names.first(where: { $0.hasSuffix(suffix) }) else {
      throw ZipError("it is a zip without a member 'data.pkl'")
    }
    let folder = main.dropLast(suffix.count)
    guard !folder.contains("/"), archive.names.allSatisfy({ $0.hasPrefix(folder + "/") }) else {
      throw ZipError("its members do not lie in one folder")
    }
    var storages: [String: Range<Int>] = [:]
    let prefix = "\(folder)/data/"
    for (name, range) in archive.members where name.hasPrefix(prefix) {
      storages[String(name.dropFirst(prefix.count))] = range
    }
    func text(_ name: String) -> String? {
      archive.members["\(folder)/\(name)"].map { String(decoding: file.bytes[$0], as: UTF8.self) }
    }
    let order = text("byteorder") ?? "little"
    guard order == "little" || order == "big" else {
      throw ZipError("its order of bytes is '\(order)'")
    }
    let pickle = archive.members[main] ?? 0..<0
    var reader = PickleReader(UnsafeRawBufferPointer(rebasing: file.bytes[pickle])) { storage in
      guard let range = storages[storage.key] else {
        throw PickleReason("the numbers '\(storage.key)' are not in the file")
      }
      guard range.count == storage.count * storage.element.size else {
        throw PickleReason(
          "a tensor claims \(storage.count) numbers, and \(range.count) bytes are there for them")
      }
    }
    let value = try reader.read()
    return Parts(
      root: PickleNode(heap: reader.heap, value: value), storages: storages,
      isBigEndian: order == "big")
  }

  private static func readLegacy(_ file: MappedFile) throws -> Parts {
    guard file.bytes.starts(with: legacyStart) else {
      throw ZipError("it begins as none of PyTorch's files does")
    }
    var offset = 0
    func pickle(
      _ check: @escaping (TorchStorage) throws -> Void = { _ in }
    ) throws -> PickleNode {
      var reader = PickleReader(file.bytes, from: offset, storage: check)
      let value = try reader.read()
      offset = reader.bytes.offset
      return PickleNode(heap: reader.heap, value: value)
    }
    _ = try pickle()
    guard try pickle().integer == 1001 else { throw ZipError("its version is not known") }
    let facts = try pickle()
    guard case .bool(let isLittle)? = facts["little_endian"]?.value else {
      throw ZipError("it does not say its order of bytes")
    }
    let known = ClaimedStorages()
    let size = file.bytes.count
    let root = try pickle { storage in
      guard storage.count <= size / storage.element.size else {
        throw PickleReason("a tensor claims \(storage.count) numbers, more than the file has")
      }
      try known.add(storage)
    }
    let keys = try pickle().elements ?? []
    var storages: [String: Range<Int>] = [:]
    for key in keys {
      guard let key = key.text, let storage = known[key] else {
        throw ZipError("it holds numbers that no tensor has")
      }
      let bytes = storage.count * storage.element.size
      guard offset <= size - 8, bytes <= size - 8 - offset else {
        throw ZipError("it ends before its numbers do")
      }
      let word = file.bytes.loadUnaligned(fromByteOffset: offset, as: Int64.self)
      let count = isLittle ? Int64(littleEndian: word) : Int64(bigEndian: word)
      guard count == Int64(storage.count) else {
        throw ZipError("a tensor claims \(storage.count) numbers, and \(count) are there")
      }
      offset += 8
      storages[key] = offset..<(offset + bytes)
      offset += bytes
    }
    for key in known.keys where storages[key] == nil {
      throw ZipError("the numbers '\(key)' are not in it")
    }
    return Parts(root: root, storages: storages, isBigEndian: !isLittle)
  }

  /// The storages that a pickle names, which must agree about each.
  private final class ClaimedStorages {
    private var all: [String: TorchStorage] = [:]

    var keys: [String] { all.keys.sorted() }

    subscript(key: String) -> TorchStorage? { all[key] }

    func add(_ storage: TorchStorage) throws {
      if let other = all[storage.key] {
        guard other.element == storage.element, other.count == storage.count else {
          throw PickleReason("two tensors do not agree about the numbers '\(storage.key)'")
        }
      }
      all[storage.key] = storage
    }
  }

  /// Copies a tensor's numbers in row-major order.
  ///
  /// - Precondition: `output` has as many numbers as the tensor.
  package func read(_ tensor: TorchTensor, into output: UnsafeMutableBufferPointer<Float>) throws {
    guard let range = storages[tensor.storage.key] else {
      throw UserError("\(path) lacks the numbers '\(tensor.storage.key)': use another copy")
    }
    file.withBytes { all in
      let element = tensor.storage.element
      let bytes = UnsafeRawBufferPointer(rebasing: all[range])
      let first = tensor.storage.first + tensor.offset
      if tensor.isContiguous {
        if element == .float32, !isBigEndian {
          let part = bytes[(first * 4)..<((first + tensor.count) * 4)]
          UnsafeMutableRawBufferPointer(output).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: part))
          return
        }
        for index in 0..<tensor.count {
          output[index] = element.value(bytes, at: first + index, isBig: isBigEndian)
        }
        return
      }
      var place = [Int](repeating: 0, count: tensor.shape.count)
      for index in 0..<tensor.count {
        let offset = zip(place, tensor.strides).reduce(first) { $0 + $1.0 * $1.1 }
        output[index] = element.value(bytes, at: offset, isBig: isBigEndian)
        for axis in place.indices.reversed() {
          place[axis] += 1
          if place[axis] < tensor.shape[axis] { break }
          place[axis] = 0
        }
      }
    }
  }
}
