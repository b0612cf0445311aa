import Fairline

/// Why a training does not go on from where it stood: the end of a sentence.
struct TrainingFault: Error {
  let text: String
  init(_ text: String) { self.text = text }
}

/// Where fairseq's training stood when it wrote a checkpoint.
///
/// Adam's state is taken over: of each parameter by its number, as torch keeps it in 32 bit floats,
/// or of all parameters in one row, as fairseq keeps it in 16 bits. The parameters are numbered in
/// the order in which the model has them, each once.
struct FairseqTraining {
  /// What training goes on from; nil where something is missing.
  let training: ImportedTraining?
  /// Why it does not go on; nil where it does, and where the file has no state.
  let reason: String?

  /// Reads what a checkpoint says besides its model.
  ///
  /// - Parameters:
  ///   - tensors: those of the model, in the file's order, markers and computed tables left out.
  init(_ root: PickleNode, _ file: TorchFile, _ tensors: [(name: String, tensor: TorchTensor)]) {
    do {
      training = try Self.read(root, file, tensors)
      reason = nil
    } catch {
      (training, reason) = (nil, error.text)
    }
  }

  private static let counts = 0...(1 << 48)

  private static func read(
    _ root: PickleNode, _ file: TorchFile, _ tensors: [(name: String, tensor: TorchTensor)]
  ) throws(TrainingFault) -> ImportedTraining {
    guard let saved = root["last_optimizer_state"] else {
      throw TrainingFault("it was written without the optimizer's state")
    }
    let settings = Settings(root)
    guard settings.optimizer ?? "adam" == "adam" else {
      throw TrainingFault(
        "its optimizer is '\(settings.optimizer ?? "")', and only adam's state is known")
    }
    let groups = saved["param_groups"]?.elements
    guard let group = groups?.first?.json, groups?.count == 1,
      group["amsgrad"]?.boolValue != true, let state = saved["state"]?.numbered
    else { throw TrainingFault("its optimizer's state has another form than Adam's") }
    let history = root["optimizer_history"]?.elements?.last
    guard let updates = history?["num_updates"]?.integer, counts.contains(updates) else {
      throw TrainingFault("it does not say how many updates it has seen")
    }
    let moments = try FairseqMoments.read(state, file, tensors)
    let steps = state.values.compactMap { $0["step"]?.integer }.first ?? updates
    var progress = TrainingProgress()
    progress.updates = updates
    progress.seed = settings.seed ?? progress.seed
    let extra = root["extra_state"]
    if let epoch = extra?["train_iterator"]?["epoch"]?.integer, counts.contains(epoch), epoch > 0 {
      progress.epoch = epoch
    }
    if let seconds = extra?["previous_training_time"]?.json.doubleValue, seconds.isFinite {
      progress.seconds = max(seconds, 0)
    }
    var training = ImportedTraining(
      optimizer: ComponentRecord(name: "adam", settings: adam(group)),
      steps: counts.contains(steps) ? steps : updates, progress: progress, state: moments)
    training.criterion = settings.criterion
    return training
  }

  /// Adam's settings, those that the file says.
  private static func adam(_ group: JSONValue) -> JSONValue {
    var settings = JSONObject()
    if let betas = group["betas"]?.arrayValue, betas.count == 2 {
      settings["adamBetas"] = .array(betas)
    }
    settings["adamEps"] = group["eps"]
    settings["weightDecay"] = group["weight_decay"]
    return .object(settings)
  }

  /// What the settings of a run say.
  private struct Settings {
    let optimizer: String?
    let criterion: String?
    let seed: Int?

    init(_ root: PickleNode) {
      let (groups, arguments) = (root["cfg"], root["args"])
      func name(_ group: String) -> String? {
        groups?[group]?.json["_name"]?.stringValue ?? arguments?.json[group]?.stringValue
      }
      (optimizer, criterion) = (name("optimizer"), name("criterion"))
      seed =
        groups?["common"]?.json["seed"]?.integerValue ?? arguments?.json["seed"]?.integerValue
    }
  }
}
