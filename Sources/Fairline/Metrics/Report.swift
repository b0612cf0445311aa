/// What is reported at one moment of a run: values in a fixed order, ready to print.
public struct Report: Equatable, Sendable {
  /// One value with its name and its place in the order.
  public struct Entry: Equatable, Sendable {
    /// The name, such as `loss`; names that begin with `_` are not shown.
    public var key: String
    /// The value as it is printed.
    public var text: String
    /// The place in the order: smaller first, equal ones as they were added.
    public var priority: Int
  }

  /// Which kind of report this is: `train_inner`, `train`, `valid`.
  public var tag: String
  /// The epoch, counted from 1.
  public var epoch: Int?
  /// How many batches of the epoch are done, for reports within it.
  public var position: Int?
  /// How many batches the epoch has.
  public var total: Int?
  /// The name of the validation subset.
  public var subset: String?
  private var stored: [Entry] = []

  /// A report without values.
  public init(
    _ tag: String, epoch: Int? = nil, position: Int? = nil, total: Int? = nil,
    subset: String? = nil
  ) {
    self.tag = tag
    self.epoch = epoch
    self.position = position
    self.total = total
    self.subset = subset
  }

  /// The values to show, in order.
  public var entries: [Entry] {
    let shown = stored.enumerated().filter { !$0.element.key.hasPrefix("_") }
    return shown.sorted { ($0.element.priority, $0.offset) < ($1.element.priority, $1.offset) }
      .map(\.element)
  }

  /// The printed value of a name.
  public subscript(key: String) -> String? { stored.first { $0.key == key }?.text }

  /// Adds a number, or replaces the one of that name.
  ///
  /// - Parameters:
  ///   - key: the name.
  ///   - value: the number; nil adds nothing.
  ///   - priority: the place in the order; the name's usual one when not given.
  ///   - digits: decimals; the name's usual ones when not given.
  public mutating func add(
    _ key: String, _ value: Double?, priority: Int? = nil, digits: Int? = nil
  ) {
    guard let value else { return }
    let usual = StandardMetric(key)
    let text = NumberText.general(value, digits: digits ?? usual?.digits)
    add(key, text: text, priority: priority)
  }

  /// Adds a whole number, or replaces the one of that name.
  public mutating func add(_ key: String, _ value: Int, priority: Int? = nil) {
    add(key, text: String(value), priority: priority)
  }

  /// Adds a value that is a text already, or replaces the one of that name.
  public mutating func add(_ key: String, text: String, priority: Int? = nil) {
    let place = priority ?? StandardMetric(key)?.priority ?? 10
    let entry = Entry(key: key, text: text, priority: place)
    if let index = stored.firstIndex(where: { $0.key == key }) {
      stored[index] = entry
    } else {
      stored.append(entry)
    }
  }
}

/// The usual place and rounding of the values that every run reports.
struct StandardMetric {
  var priority: Int
  var digits: Int?

  /// The usual form of a name, or nil for one that is not usual.
  init?(_ key: String) {
    switch key {
    case "loss", "nll_loss": (priority, digits) = (10, 3)
    case "ppl": (priority, digits) = (20, 2)
    case "wps": (priority, digits) = (90, 1)
    case "ups": (priority, digits) = (100, 2)
    case "wpb": (priority, digits) = (180, 1)
    case "bsz": (priority, digits) = (190, 1)
    case "num_updates": (priority, digits) = (200, nil)
    case "lr": (priority, digits) = (300, nil)
    case "gnorm": (priority, digits) = (400, 3)
    case "clip": (priority, digits) = (500, 1)
    case "loss_scale": (priority, digits) = (700, 4)
    case "train_wall": (priority, digits) = (800, 0)
    case "wall": (priority, digits) = (1000, 0)
    default: return nil
    }
  }
}
