extension ForwardPass {
  /// Computes a part of a model, keeping only its inputs when asked: the part is computed again on
  /// the way back.
  ///
  /// Both ways give the same bits (Chen and others 2016, "Training deep nets with sublinear memory
  /// cost").
  ///
  /// - Parameters:
  ///   - inputs: all tensors that the part depends on, besides parameters.
  ///   - again: whether to keep only them.
  ///   - part: computes the part from the inputs with the pass it is given; adds no losses.
  public func computed(
    _ inputs: [Tensor], again: Bool, _ part: @escaping ([Tensor], ForwardPass) -> Tensor
  ) -> Tensor {
    guard again, let tape, !hasSubstitutes else { return part(inputs, self) }
    let begin = random
    let (isTraining, kept) = (isTraining, inputs.map(\.detached))
    let trial = ForwardPass(isTraining: isTraining, tape: nil, random: begin)
    let result = part(kept, trial)
    random = trial.random
    statistics.merge(trial.statistics)
    precondition(
      trial.auxiliaryLosses.isEmpty, "a part that is computed again cannot add losses")
    if let refusal = trial.refusal { refuse(refusal) }
    let nodes = inputs.map(\.node)
    return tape.record(result) { gradient in
      let record = Tape()
      let pass = ForwardPass(isTraining: isTraining, tape: record, random: begin)
      // An input that was given twice stays one.
      var watched: [Tensor] = []
      for (index, node) in nodes.enumerated() {
        let first = nodes.firstIndex { $0 === node } ?? index
        watched.append(
          node == nil ? kept[index] : first < index ? watched[first] : record.watch(kept[index]))
      }
      let output = part(watched, pass)
      // What has reached an input already comes first in its sum, as it does without computing
      // again.
      for (outer, inner) in zip(nodes, watched.map(\.node)) {
        if let sum = outer?.takeGradient() { inner?.accumulate(sum) }
      }
      record.goBack(from: output, seed: gradient)
      for (outer, inner) in zip(nodes, watched.map(\.node)) {
        if let sum = inner?.takeGradient() { outer?.accumulate(sum) }
      }
    }
  }
}
