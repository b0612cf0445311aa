import Fairline
import FairlineModels
import FairlineODE
import FairlineTensor

extension NodeSolve {
  /// The field of the piece, as the solver sees it.
  func makeField(
    _ source: RandomSource, parameters: [Parameter], _ pass: ForwardPass, withEnergy: Bool
  ) -> TensorField {
    let memory = around.memory.map { settings.nodeDetachEncoder ? $0.detached : $0 }
    let inputs = [memory].compactMap(\.self) + parameters.map(\.value)
    let (cell, around, dropout) = (cell, around, settings.nodeDropout)
    let depth = Float(layer.cells.count)
    let channels = cell.shape.layer.channels
    var draws = source
    return TensorField(
      inputs: inputs, isTraining: pass.isTraining && dropout != .off, random: source
    ) { _, state, inputs, context in
      var own = context.pass
      if dropout == .resampled {
        own = ForwardPass(
          isTraining: own.isTraining, tape: own.tape,
          random: RandomSource(seed: source.key, update: Int(truncatingIfNeeded: draws.stream())))
      }
      for (parameter, tensor) in zip(parameters, inputs.dropFirst(memory == nil ? 0 : 1)) {
        own.substitute(tensor, for: parameter)
      }
      var near = around
      near.segments = context.segments ?? around.segments
      near.weights = nil
      if memory != nil { near.memory = inputs[0] }
      if !context.sequences.isEmpty { near.choose(context.sequences) }
      near.time = Self.time(context, near.segments, depth: depth, isRead: cell.shape.readsTime)
      guard withEnergy else { return cell.derivative(state, near, own) }
      let slope = cell.derivative(state.sliced(0..<channels, along: 1), near, own)
      return NodePenalty.withEnergy(slope)
    }
  }

  /// The time as a fraction of depth: one number, or one for each token.
  private static func time(
    _ context: TensorField.Context, _ segments: Segments, depth: Float, isRead: Bool
  ) -> Tensor? {
    guard isRead else { return nil }
    let times = context.time.values.map { Float($0) / depth }
    guard times.count > 1 || segments.count == times.count else { return Tensor(times) }
    return Tensor(
      (0..<segments.count).flatMap { Array(repeating: times[$0], count: segments.length($0)) })
  }
}
