/// The commands of what was measured, each once, as one would type them.
enum Commands {
  static func lines(_ results: Results) -> [String] {
    var lines = ["", "## Commands"]
    for comparison in Comparison.all {
      var (commands, names): ([String], [String]) = ([], [])
      var showsGrowth = false
      for record in results.of(comparison.name) {
        // The points of a growth differ in a number only.
        if record.x != nil, showsGrowth { continue }
        showsGrowth = record.x != nil
        let name = record.title + (showsGrowth ? ", and so on" : "")
        if !names.contains(name) { names.append(name) }
        for side in record.sides where !commands.contains(side.command) {
          commands.append(side.command)
        }
      }
      if commands.isEmpty { continue }
      lines += ["", "### \(comparison.name)", ""]
      lines += Lines.of(names.joined(separator: "; ") + ".") + ["", "```sh"]
      lines += commands.flatMap(Lines.command) + ["```"]
    }
    return lines
  }
}
