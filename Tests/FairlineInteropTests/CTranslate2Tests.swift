import Fairline
import FairlineData
import FairlineGeneration
import FairlineTasks
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

import FairlineInterop

/// Folders of CTranslate2 with what it computed with them in 32 bit floating point.
@Suite struct CTranslate2Tests {
  /// A folder in one of the forms of numbers.
  struct Folder: Sendable, CustomTestStringConvertible {
    let parent: FixtureFolder
    let name: String
    var testDescription: String { parent.url.lastPathComponent + "/" + name }
    var path: String { parent.url.appendingPathComponent(name).path }
    func golden() throws -> JSONValue { try parent.json(name + ".golden.json") }
  }

  static let all = FixtureFolder.all("interop").flatMap(\.folders).flatMap { url in
    FixtureFolder(url).folders.map(\.lastPathComponent).filter { $0.hasPrefix("ct2-") }
      .map { Folder(parent: FixtureFolder(url), name: $0) }
  }

  private let catalog: Catalog

  init() throws { catalog = try importingCatalog() }

  private func load(_ folder: Folder) throws -> ModelFile {
    try ModelFile.load(folder.path, importers: catalog.importers)
  }

  @Test func allThreeFormsAreThere() {
    #expect(Set(Self.all.map(\.name)).isSuperset(of: ["ct2-float32", "ct2-float16", "ct2-int8"]))
  }

  @Test(arguments: all) func probabilitiesAreCTranslate2s(_ folder: Folder) throws {
    let file = try load(folder)
    let model = try file.makeModel(catalog)
    let task = try #require(try file.makeTask(catalog) as? any GenerationTask)
    let golden = try folder.golden()
    let sources = try #require(golden["source_tokens"]?.arrayValue).map {
      try texts($0).map(task.text.source.id)
    }
    let strings = try symbols(folder)
    let start = task.text.input([], 0).start
    var count = 0
    for entry in try #require(golden["score_batch"]?.arrayValue)
    where entry["comparable"]?.boolValue == true {
      let targets = try sequences(entry["target_ids"]).map { row in
        row.map { task.text.target.id(of: strings[Int($0)]) } + [Vocabulary.eos]
      }
      let batch = Batch.pairs(
        ids: Array(0..<sources.count), sources: sources, targets: targets,
        starts: targets.map { _ in start })
      let found = model(batch, ForwardPass.evaluation()).logProbabilities(of: batch.target)
      let wanted = try #require(entry["log_probs"]?.arrayValue).flatMap(numbers)
      let problem = mismatch(found, wanted, absolute: 1e-4)
      #expect(problem == nil, "\(problem ?? "")")
      count += 1
    }
    #expect(count > 0)
  }

  /// The symbols that golden values give by their numbers in Hugging Face's vocabulary.
  private func symbols(_ folder: Folder) throws -> [String] {
    let name = folder.parent.contains("model/target_vocab.json") ? "target_vocab" : "vocab"
    guard case .object(let members) = try folder.parent.json("model/\(name).json") else {
      throw UserError("no vocabulary")
    }
    var symbols = [String](repeating: "", count: members.count)
    for (symbol, value) in members { symbols[try #require(value.integerValue)] = symbol }
    return symbols
  }

  @Test(arguments: all) func searchesFindWhatCTranslate2Finds(_ folder: Folder) throws {
    let file = try load(folder)
    let golden = try folder.golden()
    let sources = try #require(golden["source_tokens"]?.arrayValue).map {
      try texts($0).dropLast().joined(separator: " ")
    }
    var count = 0
    for run in try #require(golden["runs"]?.arrayValue)
    where run["comparable"]?.boolValue == true {
      var settings = try TranslatorSettings(for: file)
      guard case .object(let options)? = run["options"] else { throw UserError("no options") }
      for (key, value) in options {
        switch key {
        case "beam_size": settings.search.beam = try #require(value.integerValue)
        case "num_hypotheses": settings.search.nbest = try #require(value.integerValue)
        case "length_penalty": settings.search.lenpen = try #require(value.doubleValue)
        case "max_decoding_length":
          settings.search.maxLenB = try #require(value.integerValue) - 1
        default: Issue.record("the option '\(key)' is not known to this test")
        }
      }
      let translator = try Translator(folder.path, catalog, configuration: settings)
      let found = try translator.translate(sources)
      let hypotheses = try #require(run["hypotheses"]?.arrayValue)
      let scores = try #require(run["scores"]?.arrayValue)
      #expect(found.count == hypotheses.count)
      for (place, translation) in found.enumerated() {
        let (wanted, own) = (
          try #require(hypotheses[place].arrayValue).map(texts), try numbers(scores[place])
        )
        #expect(wanted.count == settings.search.nbest)
        for (rank, symbols) in wanted.enumerated() {
          let output = try #require(translation.outputs.dropFirst(rank).first)
          #expect(output.symbols == symbols, "\(options)")
          #expect(abs(output.score - own[rank]) < 1e-4, "\(output.score) \(own[rank])")
        }
      }
      count += 1
    }
    #expect(count > 0)
  }

  @Test(arguments: all.filter { $0.name == "ct2-int8" })
  func integersStandForTheirNumbers(_ folder: Folder) throws {
    let file = try CTranslate2File(path: folder.path + "/model.bin")
    let golden = try TensorFile(
      path: folder.parent.url.appendingPathComponent("ct2-int8.dequantised.safetensors").path)
    #expect(golden.names.count > 10)
    for name in golden.names {
      let problem = mismatch(
        try file.floats(name), try golden.floats(name), absolute: 0, relative: 1e-6)
      #expect(problem == nil, "\(name): \(problem ?? "")")
    }
  }

  @Test(arguments: all.filter { $0.name == "ct2-float16" })
  func damagedFilesDoNotStopTheProcess(_ fixture: Folder) throws {
    try withTemporaryFolder { folder in
      let source = URL(fileURLWithPath: fixture.path)
      try copy(FixtureFolder(source).paths, from: source, to: folder)
      let model = folder.appendingPathComponent("model.bin")
      let bytes = Array(try Data(contentsOf: model))
      var mutations = Mutations(seed: 24)
      for number in 0..<300 {
        let range = number % 2 == 0 ? 0..<3000 : nil
        try Data(mutations.next(of: bytes, in: range)).write(to: model)
        let sentence = refusal {
          _ = try ModelFile.load(folder.path, importers: catalog.importers).makeModel(catalog)
        }
        #expect(!sentence.contains("\n"))
      }
    }
  }
}
