/// A named number of a report.
public struct ReportColumn: Sendable, Equatable {
  /// The name, `loss` for example.
  public var key: String
  /// The number.
  public var value: Double
  /// Decimals in print; the name's usual ones when nil.
  public var digits: Int?
  /// The place in the order, smaller first; the name's usual one when nil.
  public var priority: Int?

  /// Makes a column.
  public init(_ key: String, _ value: Double, digits: Int? = nil, priority: Int? = nil) {
    self.key = key
    self.value = value
    self.digits = digits
    self.priority = priority
  }
}

extension Report {
  /// Adds columns, or replaces those of the same names.
  public mutating func add(_ columns: [ReportColumn]) {
    for column in columns {
      if column.digits == nil, column.key == "num_updates", let whole = Int(exactly: column.value) {
        add(column.key, whole, priority: column.priority)
      } else {
        add(column.key, column.value, priority: column.priority, digits: column.digits)
      }
    }
  }
}

extension LossRecord {
  /// The record as fairseq reports it: losses per sample in base 2, perplexity, further measures.
  public var columns: [ReportColumn] {
    let bits = 1 / 0.6931471805599453
    let mean = loss / Double(max(sampleSize, 1)) * bits
    var columns = [ReportColumn("loss", mean)]
    var perToken = mean
    if let negativeLogLikelihood {
      perToken = negativeLogLikelihood / Double(max(tokens, 1)) * bits
      columns.append(ReportColumn("nll_loss", perToken))
    }
    columns.append(ReportColumn("ppl", NumberText.perplexity(perToken)))
    for (name, measure) in measures.sorted(by: { $0.key < $1.key }) where measure.weight > 0 {
      columns.append(ReportColumn(name, measure.sum / measure.weight, digits: 3))
    }
    return columns
  }
}
