import Foundation

var arguments = Array(CommandLine.arguments.dropFirst())

/// Takes `--name N` out of the arguments.
func take(_ name: String, default value: Int) -> Int {
  guard let place = arguments.firstIndex(of: name), place + 1 < arguments.count,
    let number = Int(arguments[place + 1]), number > 0
  else { return value }
  arguments.removeSubrange(place...(place + 1))
  return number
}

let trainCount = take("--train", default: 30_000)
let heldOutCount = take("--held-out", default: 500)
guard arguments.count == 1, !arguments[0].hasPrefix("-") else {
  FileHandle.standardError.write(Data("usage: numbers FOLDER [--train N] [--held-out N]\n".utf8))
  exit(2)
}
let folder = URL(fileURLWithPath: arguments[0])

var random = SplitMix64(state: 2019)
var seen: Set<String> = []

/// New pairs that no other subset has.
func pairs(_ count: Int) -> [(english: String, german: String)] {
  var result: [(english: String, german: String)] = []
  while result.count < count {
    let next = pair(&random)
    if seen.insert(next.english).inserted { result.append(next) }
  }
  return result
}

do {
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  for (name, count) in [("valid", heldOutCount), ("test", heldOutCount), ("train", trainCount)] {
    let rows = pairs(count)
    for (language, lines) in [("en", rows.map(\.english)), ("de", rows.map(\.german))] {
      let text = lines.joined(separator: "\n") + "\n"
      try Data(text.utf8).write(to: folder.appendingPathComponent("\(name).\(language)"))
    }
  }
} catch {
  FileHandle.standardError.write(Data("numbers: \(error.localizedDescription)\n".utf8))
  exit(1)
}
