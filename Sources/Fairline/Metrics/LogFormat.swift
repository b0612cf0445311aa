/// How reports are written: fairseq's `--log-format`.
public enum LogFormat: String, CaseIterable, Codable, Sendable, OptionValue {
  /// One JSON object a line; values are texts.
  case json
  /// Nothing.
  case none
  /// One line each, values by commas within an epoch and by bars at its end.
  case simple
  /// A bar that is redrawn on a terminal; ``simple`` elsewhere.
  case tqdm
}

extension Report {
  /// The report as one line without time and tag; nil for ``LogFormat/none``.
  public func line(_ format: LogFormat) -> String? {
    switch format {
    case .none: nil
    case .json: jsonLine
    case .simple, .tqdm: position == nil ? summaryLine : progressLine
    }
  }

  /// What the line begins with: `epoch 001 | valid on 'valid' subset`.
  public var heading: String {
    var parts: [String] = []
    if let epoch {
      let digits = String(epoch)
      parts.append("epoch " + String(repeating: "0", count: max(0, 3 - digits.count)) + digits)
    }
    if let subset { parts.append("valid on '\(subset)' subset") }
    return parts.joined(separator: " | ")
  }

  /// The values as `loss=4.1, ppl=17.2`.
  var commaText: String {
    entries.map { "\($0.key)=\($0.text)" }.joined(separator: ", ")
  }

  private var progressLine: String {
    let index = String(position ?? 0)
    let padded = String(repeating: " ", count: max(0, 5 - index.count)) + index
    return "\(heading):  \(padded) / \(total.map(String.init) ?? "?") \(commaText)"
  }

  private var summaryLine: String {
    let values = entries.map { "\($0.key) \($0.text)" }
    return ([heading].filter { !$0.isEmpty } + values).joined(separator: " | ")
  }

  private var jsonLine: String {
    var members: [(String, String)] = []
    if let epoch { members.append(("epoch", String(epoch))) }
    if let epoch, let position, let total, total > 0 {
      let update = Double(epoch - 1) + Double(position) / Double(total)
      members.append(("update", "\(NumberText.rounded(update, 3))"))
    }
    let prefix = position == nil ? tag + "_" : ""
    members += entries.map { (prefix + $0.key, JSONValue.quoted($0.text)) }
    let text = members.map { JSONValue.quoted($0.0) + ": " + $0.1 }.joined(separator: ", ")
    return "{" + text + "}"
  }
}
