import Fairline
import FairlineData

/// A checkpoint that fairseq wrote (`.pt`, from version 0.9 on), in either of torch's forms.
///
/// Settings stand in the file, under `cfg` or, in older ones, `args`. Dictionaries are
/// `dict.LANGUAGE.txt` or `dict.txt` in the folder of the file; a data folder that is given with
/// the model takes their place. Names of parameters are the architecture's matter.
struct FairseqCheckpoint: Importer {
  /// Whether it is a file of torch's, and not one of a folder of another library.
  func recognizes(_ candidate: ImportCandidate) -> Bool {
    guard !candidate.isFolder else { return false }
    if let config = try? candidate.object(in: "config.json"), config["model_type"] != nil {
      return false
    }
    // Marian's archives are zip files too.
    if candidate.path.hasSuffix(".npz") || MarianFiles.model(of: candidate) != nil { return false }
    return TorchFile.begins(candidate.beginning(16))
      || (candidate.path.hasSuffix(".pt") && candidate.tensors == nil)
  }

  func open(_ candidate: ImportCandidate) throws -> ImportedModel {
    let file = try TorchFile(path: candidate.path)
    let root = file.root
    if root["shard_metadata"] != nil || root["fsdp_metadata"]?.items?.isEmpty == false {
      throw UserError(
        "\(candidate.path) is one shard of a model that fairseq divided: consolidate the shards "
          + "with fairseq first")
    }
    var settings = try FairseqArguments(root, path: candidate.path)
    let all = try TorchTensors(file, root["model"])
    settings.fit(to: all)
    let markers = all.names.filter(Self.isMarker)
    try settings.checkVersions(all)
    func rows(_ names: String...) -> Int? {
      names.lazy.compactMap { all.shape(of: $0)?.first }.first
    }
    let source = rows("encoder.embed_tokens.weight")
    let bands = all.names.filter {
      $0.hasPrefix("decoder.embed_tokens.embeddings.") && $0.hasSuffix(".0.weight")
    }
    let target =
      bands.isEmpty
      ? rows(
        "decoder.embed_tokens.weight", "decoder.output_projection.weight", "decoder.embed_out",
        "embed_tokens.weight") ?? 0
      : bands.reduce(0) { $0 + (all.shape(of: $1)?.first ?? 0) }
    let dictionaries = try FairseqDictionaries(candidate, settings)
    var model = ImportedModel(
      header: CheckpointHeader(
        architecture: ComponentRecord(
          name: settings.architecture, settings: settings.architectureSettings),
        task: ComponentRecord(name: settings.task, settings: settings.taskSettings),
        description: settings.description(
          source: source, target: target, isJoint: dictionaries.areEqual)),
      assets: dictionaries.assets, tensors: all)
    let going = FairseqTraining(root, file, all.all.filter { !Self.isMarker($0.name) })
    (model.training, model.trainingIsLost) = (going.training, going.reason)
    model.kind = "checkpoint of fairseq"
    model.notes = dictionaries.notes
    if going.training != nil {
      model.notes.append(
        "training can go on from it: --restore-file takes the optimizer's state from this file")
    }
    model.ignored = markers
    return model
  }

  /// Markers and computed tables, which the architectures' own maps leave out.
  private static func isMarker(_ name: String) -> Bool {
    name == "version" || name.hasSuffix(".version") || name.hasSuffix("._float_tensor")
      || name.hasSuffix(".embed_positions.weights")
  }
}
