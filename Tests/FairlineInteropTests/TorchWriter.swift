import Fairline
import Foundation

/// Writes files as `torch.save` does, for tests: a pickle of protocol 2 and numbers, in a zip
/// without compression.
struct TorchWriter {
  private var pickle: [UInt8] = [0x80, 2]
  private var storages: [[Float]] = []

  /// The bytes of a file with a dictionary of settings and one of tensors.
  ///
  /// - Parameters:
  ///   - settings: members of the dictionary besides `model`; of a record's members when its name
  ///     is among `records`.
  ///   - records: members that are objects of `argparse.Namespace`.
  ///   - optimizer: the state of Adam; nil for none.
  static func file(
    _ settings: JSONObject, records: Set<String> = [],
    tensors: [(name: String, shape: [Int], values: [Float])], optimizer: OptimizerState? = nil
  ) -> [UInt8] {
    var writer = TorchWriter()
    writer.pickle += [UInt8(ascii: "}"), UInt8(ascii: "(")]
    for (key, value) in settings {
      writer.add(key)
      if records.contains(key) {
        writer.pickle += Array("cargparse\nNamespace\n)".utf8) + [0x81]
        writer.add(value)
        writer.pickle.append(UInt8(ascii: "b"))
      } else {
        writer.add(value)
      }
    }
    writer.add("model")
    writer.pickle += Array("ccollections\nOrderedDict\n)R(".utf8)
    for tensor in tensors { writer.add(tensor) }
    writer.pickle.append(UInt8(ascii: "u"))
    if let optimizer { writer.add(optimizer) }
    writer.pickle += Array("u.".utf8)
    var members = [("archive/data.pkl", writer.pickle), ("archive/version", Array("3\n".utf8))]
    for (number, values) in writer.storages.enumerated() {
      members.append(("archive/data/\(number)", values.withUnsafeBytes { Array($0) }))
    }
    return zip(members)
  }

  /// Adam's state as torch saves it.
  struct OptimizerState {
    var steps = 3
    /// What the only group of parameters says.
    var group: JSONObject
    /// The parts of each parameter's state.
    var moments: [[(name: String, shape: [Int], values: [Float])]]
  }

  private mutating func add(_ optimizer: OptimizerState) {
    add("last_optimizer_state")
    pickle += Array("}(".utf8)
    add("state")
    pickle += Array("}(".utf8)
    for (number, moments) in optimizer.moments.enumerated() {
      add(number)
      pickle += Array("}(".utf8)
      add("step")
      add(optimizer.steps)
      for moment in moments { add(moment) }
      pickle.append(UInt8(ascii: "u"))
    }
    pickle.append(UInt8(ascii: "u"))
    add("param_groups")
    add(.array([.object(optimizer.group)]))
    pickle.append(UInt8(ascii: "u"))
  }

  private mutating func add(_ text: String) {
    pickle.append(UInt8(ascii: "X"))
    append(UInt32(text.utf8.count))
    pickle += text.utf8
  }

  private mutating func append<Value: FixedWidthInteger>(_ value: Value) {
    pickle += withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  private mutating func add(_ number: Int) {
    pickle.append(UInt8(ascii: "J"))
    append(Int32(number))
  }

  private mutating func add(_ value: JSONValue) {
    switch value {
    case .null: pickle.append(UInt8(ascii: "N"))
    case .bool(let flag): pickle.append(flag ? 0x88 : 0x89)
    case .integer(let number): add(number)
    case .number(let number):
      pickle.append(UInt8(ascii: "G"))
      pickle += withUnsafeBytes(of: number.bitPattern.bigEndian) { Array($0) }
    case .string(let text): add(text)
    case .array(let elements):
      pickle += Array("](".utf8)
      elements.forEach { add($0) }
      pickle.append(UInt8(ascii: "e"))
    case .object(let members):
      pickle += Array("}(".utf8)
      for (key, value) in members {
        add(key)
        add(value)
      }
      pickle.append(UInt8(ascii: "u"))
    }
  }

  private mutating func add(_ tensor: (name: String, shape: [Int], values: [Float])) {
    add(tensor.name)
    pickle += Array("ctorch._utils\n_rebuild_tensor_v2\n((".utf8)
    add("storage")
    pickle += Array("ctorch\nFloatStorage\n".utf8)
    add(String(storages.count))
    add("cpu")
    add(tensor.values.count)
    pickle += Array("tQ".utf8)
    add(0)
    var strides: [Int] = []
    var stride = 1
    for length in tensor.shape.reversed() {
      strides.insert(stride, at: 0)
      stride *= length
    }
    for list in [tensor.shape, strides] {
      pickle.append(UInt8(ascii: "("))
      list.forEach { add($0) }
      pickle.append(UInt8(ascii: "t"))
    }
    pickle += [0x89] + Array("ccollections\nOrderedDict\n)RtR".utf8)
    storages.append(tensor.values)
  }

  /// A zip of members that are stored as they are, without checksums.
  private static func zip(_ members: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
      withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
    var (file, directory) = ([UInt8](), [UInt8]())
    for (name, bytes) in members {
      let sizes = little(UInt32(0)) + little(UInt32(bytes.count)) + little(UInt32(bytes.count))
      let facts =
        little(UInt16(20)) + little(UInt16(0)) + little(UInt16(0)) + little(UInt32(0)) + sizes
        + little(UInt16(name.utf8.count)) + little(UInt16(0))
      directory +=
        little(UInt32(0x0201_4B50)) + little(UInt16(20)) + facts + little(UInt16(0))
        + little(UInt16(0)) + little(UInt16(0)) + little(UInt32(0)) + little(UInt32(file.count))
        + Array(name.utf8)
      file += little(UInt32(0x0403_4B50)) + facts + Array(name.utf8) + bytes
    }
    let end =
      little(UInt32(0x0605_4B50)) + little(UInt32(0)) + little(UInt16(members.count))
      + little(UInt16(members.count)) + little(UInt32(directory.count))
      + little(UInt32(file.count)) + little(UInt16(0))
    return file + directory + end
  }
}
