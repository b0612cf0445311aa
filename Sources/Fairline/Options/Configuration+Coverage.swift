extension Configuration {
  /// The stored settings that no flag changes, as paths such as `transformer.layers`.
  ///
  /// For tests: a setting without a flag is one that a user cannot reach. Each flag is given a
  /// value other than its default, and what changes in the encoded settings counts as reached.
  public static func settingsWithoutFlag() throws -> [String] {
    let defaults = Self()
    let before = leaves(try JSONValue(encoding: defaults)).filter { !$0.key.isEmpty }
    var reached: Set<String> = []
    for option in options {
      for text in samples(option, defaults) {
        var changed = defaults
        guard (try? option.assign(&changed, text)) != nil else { continue }
        let after = leaves(try JSONValue(encoding: changed))
        reached.formUnion(before.keys.filter { after[$0] != before[$0] })
      }
    }
    return before.keys.filter { !reached.contains($0) }.sorted()
  }

  private static func samples(_ option: Option<Self>, _ defaults: Self) -> [String] {
    let usual = [
      "true", "false", "7", "0.5", "0.25", "-0.5", "[7]", "[0.5]", "[[7]]", "[true]", "x",
      "{\"x\": 7}",
      "{\"7\": 7}", "[(7, 3)]",
    ]
    return (option.format.choices ?? usual).filter { $0 != option.describe(defaults) }
  }

  /// All values of the encoded settings that are no objects, by path; an empty object is one.
  private static func leaves(_ value: JSONValue, _ path: String = "") -> [String: JSONValue] {
    guard case .object(let members) = value, members.count > 0 else { return [path: value] }
    var result: [String: JSONValue] = [:]
    for (key, member) in members {
      let inner = leaves(member, path.isEmpty ? key : path + "." + key)
      result.merge(inner) { $1 }
    }
    return result
  }
}

extension Catalog {
  /// The settings that no flag changes, of every component of every kind, as `optimizer adam:
  /// betas`.
  ///
  /// For tests, as ``Configuration/settingsWithoutFlag()`` is.
  public func settingsWithoutFlag() throws -> [String] {
    try drafts.flatMap { draft in
      try draft.settingsWithoutFlag().map { "\(draft.title): \($0)" }
    }
  }
}
