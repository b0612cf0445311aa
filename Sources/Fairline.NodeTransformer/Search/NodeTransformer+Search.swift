public import Fairline
import FairlineModels
import FairlineTensor

extension NodeTransformer {
  /// Prepares search: with caches behind a classic decoder or on a fixed grid, with whole prefixes
  /// otherwise.
  public func prepareSearch() -> any DecoderFactory {
    switch decoder {
    case .classic(let stack):
      TransformerSearch(
        stack, projection: projection, parameters: parameters, configuration.resolvedTransformer
      ) { [self] in encode($0, ForwardPass.evaluation()) }
    case .node(let stack):
      evaluation.isRegular ? NodeSearch(self, stack) : NodePrefixSearch(model: self)
    }
  }
}
