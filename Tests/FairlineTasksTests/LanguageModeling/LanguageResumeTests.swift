import Fairline
import FairlineData
import FairlineModels
import FairlinePrograms
import FairlineTesting
import Foundation
import Testing

/// Language models of every architecture go on from a checkpoint as if nothing had happened.
@Suite(.serialized) struct LanguageResumeTests {
  @Test(arguments: LanguageArchitecture.all)
  func goingOnChangesNothing(_ architecture: LanguageArchitecture) throws {
    try withTemporaryFolder { folder in
      let data = try TinyText(in: folder)
      let flags =
        try architecture.flags() + [
          "--task", "language_modeling", "--criterion", architecture.criterion,
          "--tokens-per-sample", "12", "--dropout", "0.2",
          "--max-tokens", "60", "--update-freq", "2", "--optimizer", "adam", "--lr", "0.003",
          "--clip-norm", "1", "--log-format", "none", "--disable-validation",
        ]
      func train(_ save: String, updates: Int) throws -> [String: [UInt8]] {
        let code = TrainCommand.main(
          plugins: LanguageArchitecture.plugins,
          arguments: [data.bin] + flags + [
            "--save-dir", data.path(save), "--max-update", "\(updates)",
          ])
        #expect(code == 0)
        return try tensorBytes(data.path("\(save)/checkpoint_last.safetensors"))
      }
      let whole = try train("whole", updates: 5)
      let first = try train("parts", updates: 2)
      #expect(!first.isEmpty && first != whole)
      #expect(try train("parts", updates: 5) == whole)
    }
  }
}

/// A small text of made-up words without a translation, preprocessed into a folder.
struct TinyText {
  let folder: URL

  var bin: String { path("bin") }

  init(in folder: URL) throws {
    self.folder = folder
    var random = MersenneTwister(seed: 3)
    for (name, count) in [("train", 60), ("valid", 8), ("test", 8)] {
      let lines = (0..<count).map { _ -> String in
        let first = random.next(upTo: 30)
        return (0..<(1 + random.next(upTo: 7))).map { "w\((first + $0 * $0) % 30)" }
          .joined(separator: " ")
      }
      try Data((lines.joined(separator: "\n") + "\n").utf8)
        .write(to: folder.appendingPathComponent(name))
    }
    var settings = PreprocessSettings()
    settings.onlySource = true
    (settings.trainpref, settings.validpref) = (path("train"), path("valid"))
    (settings.testpref, settings.destdir) = (path("test"), path("bin"))
    _ = try Preprocessor(settings).run()
  }

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
}
