public import Fairline

/// The form of the vector field of a NODE layer.
public enum NodeFieldForm: String, Codable, Sendable, CaseIterable, OptionValue {
  /// What a pre-norm Transformer layer adds to its input: one Euler step of unit length is that
  /// layer.
  case preNorm = "pre_norm"
  /// The composition of sub-layers without residual connections of the 2019 study, each normalised.
  case postNorm = "post_norm"
}

/// What dropout does inside a vector field.
public enum NodeDropout: String, Codable, Sendable, CaseIterable, OptionValue {
  /// One mask for a whole solve, its repetition and its backward pass.
  case frozen
  /// No dropout inside the field, nor in the rectified map behind a separated decoder's solve.
  case off
  /// A new mask in every evaluation, which the step control takes for error; for comparison only.
  case resampled
}

/// How the gradient of a solve is computed.
public enum NodeGradient: String, Codable, Sendable, CaseIterable, OptionValue {
  /// Backpropagation through fixed steps, replay of adaptive ones.
  case auto
  /// Exact; accepted steps are computed again, so that only their first states are kept.
  case replay
  /// Exact; every stage of accepted steps is kept.
  case backpropagation
  /// The continuous adjoint equation, with an error of its own.
  case adjoint
}

/// What a batch does whose solve exceeds its budget in training.
public enum NodeLimitPolicy: String, Codable, Sendable, CaseIterable, OptionValue {
  /// The rest of the interval is covered by a few equal steps.
  case coast
  /// The batch is left out.
  case skip
  /// The batch is left out now and tried again later.
  case postpone = "defer"
}

/// Whose error controls the steps.
public enum NodeControl: String, Codable, Sendable, CaseIterable, OptionValue {
  /// One step size for the whole batch.
  case batch
  /// A step size for each sequence; finished sequences leave the computation.
  case sequence
}

/// How the errors of a step become one number.
public enum NodeNorm: String, Codable, Sendable, CaseIterable, OptionValue {
  /// The root mean square over all elements of the batch.
  case batch
  /// The largest root mean square of a sequence.
  case sequence
  /// The largest element.
  case maximum
}

/// What the adjoint equation's steps are controlled by.
public enum NodeAdjointNorm: String, Codable, Sendable, CaseIterable, OptionValue {
  /// State and adjoint only (Kidger and others 2021).
  case seminorm
  /// The gradients of weights and inputs as well.
  case all
}
