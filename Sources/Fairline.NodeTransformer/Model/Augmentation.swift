import FairlineTensor

/// Channels that are zero when a stack begins and leave it through a linear map (Dupont and others
/// 2019).
struct Augmentation: Sendable {
  let extraChannels: Int
  let projection: Linear

  /// Makes the map back, without bias.
  init(_ space: ParameterSpace, channels: Int, extraChannels: Int) {
    self.extraChannels = extraChannels
    projection = Linear(
      space.part("augment_projection"), inputs: channels + extraChannels, outputs: channels,
      hasBias: false, weight: .xavierUniform())
  }

  /// Adds the channels at the end.
  ///
  /// - Parameter states: `[token, channel]`
  func widen(_ states: Tensor) -> Tensor {
    Tensor.concatenated([states, Tensor.zeros([states.shape[0], extraChannels])], along: 1)
  }

  /// Maps wide states back. `[token, channel]`
  func narrow(_ states: Tensor, _ pass: ForwardPass) -> Tensor { projection(states, pass) }
}
