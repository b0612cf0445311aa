public import Fairline

/// Search strategies: ways to continue prefixes.
public enum SearchSection: CatalogSection {
  /// What a name stands for.
  public typealias Entry = Component<SearchContext, any SearchStrategy>
  /// The kind.
  public static let kind = "search strategy"
}

extension Catalog {
  /// Search strategies.
  public var searches: Registry<SearchSection.Entry> {
    get { self[SearchSection.self] }
    set { self[SearchSection.self] = newValue }
  }
}

/// What a search strategy is made for.
public struct SearchContext: Sendable {
  /// The settings that all searches have in common.
  public var settings: GenerationSettings

  /// Makes a context.
  public init(settings: GenerationSettings = GenerationSettings()) { self.settings = settings }
}

/// The search strategies that Fairline brings; their settings are fairseq's flags.
public enum StandardSearch: Plugin {
  /// Adds them.
  public static func register(in catalog: inout Catalog) throws {
    func add(
      _ kind: GenerationSettings.SearchKind, _ summary: String,
      _ make: @escaping @Sendable (GenerationSettings) throws -> any SearchStrategy
    ) throws {
      try catalog.searches.add(
        kind.rawValue, summary,
        build: { (_: NoSettings, context) in try make(context.settings) })
    }
    try add(.beam, "beam search") { _ in BeamSearch() }
    try add(.sampling, "random sampling; see --sampling-topk, --sampling-topp") {
      Sampling($0)
    }
    try add(.diverseBeam, "beam search in groups that differ; see --diverse-beam-groups") {
      try DiverseBeam($0)
    }
    try add(.constrainedBeam, "beam search for hypotheses with given phrases; see --constraints") {
      try ConstrainedBeam($0)
    }
    try add(.diverseSiblings, "beam search that favours different prefixes; see --diversity-rate") {
      try DiverseSiblings($0)
    }
  }
}

extension GenerationSettings {
  /// The search strategies that fairseq's flags choose.
  enum SearchKind: String {
    case beam
    case sampling
    case diverseBeam = "diverse_beam"
    case diverseSiblings = "diverse_siblings"
    case constrainedBeam = "constrained_beam"
  }

  /// What fairseq's flags choose: beam search, unless one of them asks for another.
  var searchKind: SearchKind {
    if sampling { return .sampling }
    if diverseBeamGroups > 0 { return .diverseBeam }
    if diversityRate > 0 { return .diverseSiblings }
    if constraints != nil { return .constrainedBeam }
    return .beam
  }

  /// The name of the search strategy: the one asked for, or the one that fairseq's flags choose.
  ///
  /// - Throws: `UserError` when the flags choose another one.
  public func searchName(_ asked: String?) throws -> String {
    let own = searchKind
    guard let asked, asked != own.rawValue else { return own.rawValue }
    let flags: [SearchKind: String] = [
      .sampling: "--sampling", .diverseBeam: "--diverse-beam-groups",
      .diverseSiblings: "--diversity-rate", .constrainedBeam: "--constraints",
    ]
    if let flag = flags[own] {
      throw UserError("--search \(asked) and \(flag) exclude each other: give one")
    }
    return asked
  }

  /// The strategy that fairseq's flags choose.
  func standardStrategy() throws -> any SearchStrategy {
    switch searchKind {
    case .beam: BeamSearch()
    case .sampling: Sampling(self)
    case .diverseBeam: try DiverseBeam(self)
    case .diverseSiblings: try DiverseSiblings(self)
    case .constrainedBeam: try ConstrainedBeam(self)
    }
  }
}

extension Sampling {
  init(_ settings: GenerationSettings) {
    topSymbols = settings.samplingTopk > 0 ? settings.samplingTopk : nil
    topProbability = settings.samplingTopp > 0 ? settings.samplingTopp : nil
    seed = settings.seed
  }
}

extension DiverseBeam {
  init(_ settings: GenerationSettings) throws {
    guard settings.diverseBeamGroups > 0 else {
      throw UserError("--search diverse_beam needs --diverse-beam-groups: give their number")
    }
    groups = settings.diverseBeamGroups
    strength = Float(settings.diverseBeamStrength)
  }
}

extension DiverseSiblings {
  init(_ settings: GenerationSettings) throws {
    guard settings.diversityRate > 0 else {
      throw UserError("--search diverse_siblings needs --diversity-rate: give what a rank costs")
    }
    rate = Float(settings.diversityRate)
  }
}

extension ConstrainedBeam {
  init(_ settings: GenerationSettings) throws {
    guard let constraints = settings.constraints else {
      throw UserError("--search constrained_beam needs --constraints: give ordered or unordered")
    }
    self.init(constraints)
  }
}
