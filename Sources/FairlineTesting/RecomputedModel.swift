public import Fairline
public import FairlineTensor

/// A model whose search computes every prefix anew, whatever caches the model itself has.
///
/// A search with caches is right when it finds what a search with this finds.
public final class RecomputedModel: Model {
  private let model: any Model

  /// Wraps a model.
  public init(_ model: any Model) { self.model = model }

  /// The model's parameters.
  public var parameters: ParameterSet { model.parameters }
  /// The model's longest source and target.
  public var maximumPositions: (source: Int, target: Int) { model.maximumPositions }

  /// The model's predictions.
  public func callAsFunction(_ batch: Batch, _ pass: ForwardPass) -> ModelOutput {
    model(batch, pass)
  }
}
