/// The names that pickles of checkpoints may hold, each with what stands for it.
///
/// None of them is ever called: each has a meaning of its own here.
package enum PickleGlobals {
  /// What a name stands for when it is called or made.
  package enum Meaning {
    case dictionary, defaultDictionary, list, bytes, plain, text
    /// An object that is kept as its name, arguments and attributes.
    case record
    /// `copyreg._reconstructor`: an object of the class that is its first argument.
    case reconstructed
    case tensor, parameter
    /// The type of a storage's elements.
    case storage(TorchElement)
    case numpyScalar
    /// A name that stands for itself only.
    case name
  }

  private static let meanings: [String: Meaning] = {
    var all: [String: Meaning] = [
      "collections.OrderedDict": .dictionary,
      "collections.defaultdict": .defaultDictionary,
      "argparse.Namespace": .record,
      "torch._utils._rebuild_tensor_v2": .tensor,
      "torch._utils._rebuild_tensor": .tensor,
      "torch._utils._rebuild_parameter": .parameter,
      "torch.Size": .list,
      "torch.device": .text,
      "_codecs.encode": .bytes,
      "numpy.dtype": .record, "numpy.ndarray": .name,
      "typing.Any": .name, "typing.Dict": .name, "typing.List": .name,
    ]
    for element in TorchElement.allCases { all["torch." + element.storageName] = .storage(element) }
    for name in [
      "float16", "float32", "float64", "bfloat16", "int8", "int16", "int32", "int64", "uint8",
      "bool", "half", "float", "double", "long", "int", "short",
    ] {
      all["torch." + name] = .name
    }
    for module in ["numpy.core.multiarray", "numpy._core.multiarray"] {
      all[module + ".scalar"] = .numpyScalar
      all[module + "._reconstruct"] = .record
    }
    for module in ["__builtin__", "builtins"] {
      for name in ["set", "frozenset", "list", "tuple"] { all["\(module).\(name)"] = .list }
      for name in ["int", "float", "bool", "str"] { all["\(module).\(name)"] = .plain }
      all[module + ".dict"] = .dictionary
      all[module + ".object"] = .name
      all[module + ".bytearray"] = .bytes
    }
    for module in ["copy_reg", "copyreg"] { all[module + "._reconstructor"] = .reconstructed }
    all["omegaconf.dictconfig.DictConfig"] = .record
    all["omegaconf.listconfig.ListConfig"] = .record
    all["omegaconf.base.ContainerMetadata"] = .record
    all["omegaconf.base.Metadata"] = .record
    for name in ["Any", "String", "Integer", "Float", "Boolean", "Enum"] {
      all["omegaconf.nodes.\(name)Node"] = .record
    }
    for module in ["fairseq.meters", "fairseq.logging.meters"] {
      for name in ["Average", "Time", "Stopwatch"] { all["\(module).\(name)Meter"] = .record }
    }
    return all
  }()

  /// Modules of fairseq whose classes are settings and small records.
  private static let inertModules = ["fairseq.dataclass.", "fairseq.file_io."]

  /// What a name stands for; nil when it is not among these.
  package static func meaning(of name: String) -> Meaning? {
    if let meaning = meanings[name] { return meaning }
    return inertModules.contains { name.hasPrefix($0) } ? .record : nil
  }

  /// Whether a name is among these.
  package static func knows(_ name: String) -> Bool { meaning(of: name) != nil }
}
