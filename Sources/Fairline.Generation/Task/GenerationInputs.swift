public import FairlineData

/// The inputs of a data subset.
public protocol GenerationInputs: Sendable {
  /// The number of inputs.
  var count: Int { get }

  /// The input at a place.
  subscript(place: Int) -> GenerationInput { get }

  /// The symbols of an input's source, or of its prefix without a source, and of its reference;
  /// nil without a reference.
  func lengths(at place: Int) -> (source: Int, target: Int?)

  /// The words of an input's source and of its reference as they were written; nil when only
  /// symbols are known.
  func text(at place: Int) -> (source: String, reference: String?)?

  /// Orders the inputs by length, leaves out or refuses over-long ones, and cuts the rest into
  /// batches.
  ///
  /// - Parameters:
  ///   - seed: shuffles inputs of equal lengths; nil keeps their order.
  ///   - policy: what happens with inputs beyond `lengths`.
  func batches(
    _ limits: BatchLimits, lengths: LengthLimits, policy: LengthLimits.Policy, seed: Int?
  ) throws -> LanguagePairDataset.Batches
}

extension GenerationInputs {
  /// The lengths of the input at a place.
  public func lengths(at place: Int) -> (source: Int, target: Int?) {
    let input = self[place]
    return (input.given.count, input.reference?.count)
  }

  /// Only symbols are known.
  public func text(at place: Int) -> (source: String, reference: String?)? { nil }

  /// An input of these, named by its place, with the words as they were written.
  public func withText(_ input: GenerationInput) -> GenerationInput {
    var input = input
    if let text = text(at: input.id) {
      (input.sourceText, input.referenceText) = (text.source, text.reference)
    }
    return input
  }

  /// Batches as those of sentence pairs.
  public func batches(
    _ limits: BatchLimits, lengths: LengthLimits, policy: LengthLimits.Policy, seed: Int?
  ) throws -> LanguagePairDataset.Batches {
    let all = (0..<count).map(lengths(at:))
    let targets = all.compactMap { $0.target.map { Int32($0) } }
    return try LanguagePairDataset.Batches(
      sourceLengths: all.map { Int32($0.source) },
      targetLengths: targets.count == all.count ? targets : nil, limits, lengths: lengths,
      policy: policy, seed: seed)
  }

  /// The inputs of a batch, long sources first; equally long ones keep their order.
  public func batch(at places: [Int]) -> [GenerationInput] {
    places.map { self[$0] }.sorted { $0.given.count > $1.given.count }  // stable
  }
}

/// Inputs that are in memory.
public struct ListedInputs: GenerationInputs {
  /// The inputs.
  public let inputs: [GenerationInput]

  /// Takes inputs.
  public init(_ inputs: [GenerationInput]) { self.inputs = inputs }

  /// The number of inputs.
  public var count: Int { inputs.count }

  /// The input at a place.
  public subscript(place: Int) -> GenerationInput { inputs[place] }
}

extension LanguagePairDataset: GenerationInputs {
  /// The pair at a place, its target as the reference.
  public subscript(place: Int) -> GenerationInput {
    GenerationInput(id: place, source: sources[place], reference: targets?[place])
  }

  /// The words of the pair at a place, where the data are text.
  public func text(at place: Int) -> (source: String, reference: String?)? {
    sources.text(of: place).map { ($0, targets?.text(of: place)) }
  }

  /// The lengths of the pair at a place.
  public func lengths(at place: Int) -> (source: Int, target: Int?) {
    (Int(sourceLengths[place]), targetLengths.map { Int($0[place]) })
  }
}
