import Fairline
import FairlineModels
import FairlineTensor
import FairlineTesting
import Testing

/// fairseq's adaptive loss with what it leaves out, so that its gradients can be compared.
///
/// fairseq takes the second symbol of each band for padding, so that it costs its band only. All is
/// computed from the probabilities of all symbols, another way than that of the criterion.
struct ReferenceAdaptiveLoss {
  let fixture: LanguageFixture
  let bands: SymbolBands

  /// Nil for a model with one softmax over all symbols.
  init?(_ fixture: LanguageFixture) throws {
    guard try fixture.isAdaptive else { return nil }
    self.fixture = fixture
    let text = try #require(
      try fixture.settings("model")["adaptive_softmax_cutoff"]?.stringValue)
    let cutoffs = try #require(SymbolCutoffs(optionText: text))
    let symbols = try #require(try fixture.json("config")["vocab"]?.integerValue)
    bands = try #require(SymbolBands(cutoffs: cutoffs.places, symbols: symbols))
  }

  /// The loss of predictions. `[1]`
  func loss(_ output: ModelOutput, _ targets: [Int32]) -> Tensor {
    let logs = output.logits  // [target, vocabulary]
    let seconds = Set(bands.ranges.dropFirst().map { Int32($0.lowerBound + 1) })
    let plain = targets.indices.filter { !seconds.contains(targets[$0]) }
    var sum = logs.rows(at: plain.map(Int32.init)).elements(at: plain.map { targets[$0] }).sum()
    for band in bands.ranges.dropFirst() {
      let rows = targets.indices.filter { Int(targets[$0]) == band.lowerBound + 1 }
      if rows.isEmpty { continue }
      let shares = logs.rows(at: rows.map(Int32.init)).sliced(band, along: 1).exp()
      sum = sum + shares.sum(along: 1).log().sum()
    }
    return -sum
  }

  /// Fills a model's gradients as fairseq does.
  ///
  /// - Returns: the loss.
  func goBack(_ model: any Model, _ batch: Batch) -> Double {
    let pass = ForwardPass.training(RandomSource(seed: 1))
    model.parameters.prepareGradients()
    let loss = loss(model(batch, pass), batch.target)
    pass.tape?.goBack(from: loss)
    return Double(loss.scalar)
  }

  /// The same model with parameters of their own for embeddings and output.
  func untied(_ model: any Model) throws -> any Model {
    let apart = try fixture.makeModel(
      overriding: ["tieAdaptiveWeights": false, "tieAdaptiveProj": false], fills: false)
    let parameters = model.parameters
    var known: [String: Tensor] = [:]
    for entry in parameters.entries {
      known[entry.name] = parameters.view(of: entry, in: parameters.values)
    }
    for (alias, name) in parameters.aliases { known[alias] = known[name] }
    for entry in apart.parameters.entries {
      let softmax = "decoder.adaptive_softmax."
      var value = known[entry.name]
      if entry.name == softmax + "head.weight" {
        let rows = ["word_proj", "class_proj"].compactMap { known[softmax + "head.\($0).weight"] }
        value = Tensor.concatenated(rows)
      } else if entry.name.hasPrefix(softmax), entry.name.hasSuffix(".0.weight") {
        value = value?.transposed()
      }
      let found = try #require(value, "\(entry.name)")
      #expect(found.shape == entry.shape, "\(entry.name)")
      found.scalars.withUnsafeBufferPointer {
        apart.parameters.write($0, to: entry, in: apart.parameters.values)
      }
    }
    return apart
  }
}
