public import FairlineTensor

/// Everything a program can be told by name: one registry for each ``CatalogSection``.
///
/// A value that plug-ins fill and that is passed down; there is no global registry.
public struct Catalog: Sendable {
  /// The registries in the order in which they were first used.
  private var sections: [(key: ObjectIdentifier, registry: any AnyRegistry)] = []

  /// A catalogue with the empty registries that every program has.
  public init() {
    (tasks, architectures, criteria) = (tasks, architectures, criteria)
    (optimizers, schedulers) = (optimizers, schedulers)
    (importers, exporters) = (importers, exporters)
  }

  /// Makes a catalogue of what plug-ins bring.
  public init(_ plugins: [any Plugin.Type]) throws {
    self.init()
    for plugin in plugins { try plugin.register(in: &self) }
  }

  /// The registry of a kind; empty when nothing was added.
  public subscript<Section: CatalogSection>(_ section: Section.Type) -> Registry<Section.Entry> {
    get {
      let found = sections.first { $0.key == ObjectIdentifier(section) }
      return found?.registry as? Registry<Section.Entry> ?? Registry(kind: Section.kind)
    }
    set {
      let key = ObjectIdentifier(section)
      if let place = sections.firstIndex(where: { $0.key == key }) {
        sections[place].registry = newValue
      } else {
        sections.append((key, newValue))
      }
    }
  }

  /// Fresh settings of every component of every kind.
  public var drafts: [any AnyDraft] { sections.flatMap(\.registry.drafts) }

  /// Every name of every registry with its summary, for `--list`.
  public var listing: String { sections.map(\.registry.listing).joined(separator: "\n") }
}

extension Catalog {
  /// Tasks: what is learned from what.
  public var tasks: Registry<TaskSection.Entry> {
    get { self[TaskSection.self] }
    set { self[TaskSection.self] = newValue }
  }

  /// Architectures: models with a preset of settings.
  public var architectures: Registry<ArchitectureSection.Entry> {
    get { self[ArchitectureSection.self] }
    set { self[ArchitectureSection.self] = newValue }
  }

  /// Criteria: how predictions are judged.
  public var criteria: Registry<CriterionSection.Entry> {
    get { self[CriterionSection.self] }
    set { self[CriterionSection.self] = newValue }
  }

  /// Optimizers: how parameters follow gradients.
  public var optimizers: Registry<OptimizerSection.Entry> {
    get { self[OptimizerSection.self] }
    set { self[OptimizerSection.self] = newValue }
  }

  /// Learning-rate schedules.
  public var schedulers: Registry<SchedulerSection.Entry> {
    get { self[SchedulerSection.self] }
    set { self[SchedulerSection.self] = newValue }
  }

  /// Observers of training, which plug-ins bring.
  public var observers: Registry<ObserverSection.Entry> {
    get { self[ObserverSection.self] }
    set { self[ObserverSection.self] = newValue }
  }
}

/// A package's contribution to the catalogue.
public protocol Plugin {
  /// Adds everything the package brings.
  static func register(in catalog: inout Catalog) throws
}

/// What a model is made for.
public struct ModelContext: Sendable {
  /// The task's vocabularies and lengths.
  public var task: TaskDescription
  /// What the first parameters are drawn from.
  public var seed: UInt64
  /// Whether every parameter will be read from a file of the same model, so that none needs a good
  /// start.
  public var isFilledFromFile: Bool
  /// What else may be chosen by name: an architecture's settings may name entries of any section.
  public var catalog = Catalog()
  /// Whether most parameters will be held as integers instead, so that their memory need not be
  /// there.
  package var holdsIntegers = false
  /// Whether the model only tells how large it is.
  ///
  /// Its parameters then have no memory, and must be neither read nor written. An architecture may
  /// take no notice, and build the model itself.
  public var isCounted = false
  /// What opens models of other programs, for an architecture that begins from such a model.
  public var importers = Registry<any Importer>(kind: ImporterSection.kind)

  /// What parameters hold before they are read.
  public var firstValues: ParameterSpace.FirstValues {
    isCounted ? .counted : holdsIntegers ? .sparse : isFilledFromFile ? .unwritten : .drawn
  }

  /// Makes a context.
  public init(
    task: TaskDescription, seed: UInt64 = 1, isFilledFromFile: Bool = false,
    catalog: Catalog = Catalog()
  ) {
    self.task = task
    self.seed = seed
    self.isFilledFromFile = isFilledFromFile
    self.catalog = catalog
  }
}

/// What a criterion is made for.
public struct CriterionContext: Sendable {
  /// The task's vocabularies and lengths.
  public var task: TaskDescription
  /// Whether losses are divided by sentences instead of target symbols.
  public var averagesSentences: Bool

  /// Makes a context.
  public init(task: TaskDescription, averagesSentences: Bool = false) {
    self.task = task
    self.averagesSentences = averagesSentences
  }
}

/// What a task is made for: how its data are cut into batches.
public struct TaskContext: Sendable {
  /// Data folders, separated by colons for shards; empty when a checkpoint alone is used.
  public var data: String
  /// What a checkpoint carries of the task, by name; data folders go before it.
  public var assets: [String: [UInt8]]
  /// How batches are formed.
  public var dataset: DatasetSettings
  /// What shuffling is drawn from.
  public var seed: Int
  /// Receives sentences for the user, such as what was skipped.
  public var note: @Sendable (String) -> Void

  /// Makes a context.
  public init(
    data: String, assets: [String: [UInt8]] = [:], dataset: DatasetSettings = DatasetSettings(),
    seed: Int = 1,
    note: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.data = data
    self.assets = assets
    self.dataset = dataset
    self.seed = seed
    self.note = note
  }
}
