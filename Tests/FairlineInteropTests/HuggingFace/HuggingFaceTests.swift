import Fairline
import FairlineData
import FairlineGeneration
import FairlineTasks
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

import FairlineInterop

@Suite struct HuggingFaceTests {
  private let catalog: Catalog

  init() throws { catalog = try importingCatalog() }

  private func load(_ path: String) throws -> ModelFile {
    try ModelFile.load(path, importers: catalog.importers)
  }

  private func text(_ file: ModelFile) throws -> TaskText {
    try #require(try file.makeTask(catalog) as? any GenerationTask).text
  }

  @Test func everyKindIsKnown() {
    let kinds = Set(HuggingFaceFixture.all.map(\.kind))
    #expect(kinds.isSuperset(of: HuggingFaceFixture.known))
    for fixture in HuggingFaceFixture.all {
      #expect(
        HuggingFaceFixture.known.contains(fixture.kind),
        "\(fixture.folder.url.path) has the kind '\(fixture.kind)', which no test knows")
    }
  }

  @Test(arguments: HuggingFaceFixture.all) func logitsAreTransformers(_ fixture: HuggingFaceFixture)
    throws
  {
    let file = try load(fixture.path)
    let text = try text(file)
    let (source, target) = (
      try fixture.numbers(text.source, target: false),
      try fixture.numbers(text.target, target: true)
    )
    let forced = try #require(try fixture.golden()["forced"])
    let masks = try sequences(forced["attention_mask"])
    let labels = try sequences(forced["labels"])
    let sources = zip(try sequences(forced["input_ids"]), masks).map { row, mask in
      zip(row, mask).filter { $0.1 == 1 }.map { source[Int($0.0)] }
    }
    let inputs = zip(try sequences(forced["decoder_input_ids"]), labels).map { row, labels in
      zip(row, labels).filter { $0.1 != -100 }.map { target[Int($0.0)] }
    }
    let batch = Batch(
      ids: Array(0..<sources.count), source: PackedTokens(sources),
      decoderInput: PackedTokens(inputs), target: inputs.flatMap { $0 })
    let model = try file.makeModel(catalog)
    let logits = model(batch, ForwardPass.evaluation()).logits
    let golden = try TensorFile(
      path: fixture.folder.url.appendingPathComponent("forward.safetensors").path)
    let (all, columns) = (try golden.floats("logits"), target.count)
    let width = try #require(labels.first?.count)
    let wanted = inputs.enumerated().flatMap { place, input in
      rows(all, (place * width)..<(place * width + input.count), columns: columns)
    }
    let scalars = logits.scalars
    let observed = (0..<logits.shape[0]).flatMap { row in
      target.map { scalars[row * logits.shape.columns + Int($0)] }
    }
    let problem = mismatch(observed, wanted, absolute: 1e-4)
    #expect(problem == nil, "\(problem ?? "")")
    // The loss of the labels, over all symbols that transformers has.
    let shifted = labels.map { $0.filter { $0 != -100 }.map { target[Int($0)] } }
    let sum = model(batch, ForwardPass.evaluation())
      .logProbabilities(of: shifted.flatMap { $0 }).reduce(0, +)
    let loss = try #require(try fixture.golden()["loss_mean"]?.doubleValue)
    let mean = -Double(sum) / Double(batch.target.count)
    #expect(abs(mean - loss) < 1e-5 * loss + 1e-6)
  }

  @Test(arguments: HuggingFaceFixture.all) func bothFormsAreTheSameModel(
    _ fixture: HuggingFaceFixture
  ) throws {
    try withTemporaryFolder { folder in
      let binary = fixture.folder.url.appendingPathComponent("model-bin")
      try copy(FixtureFolder(binary).paths, from: binary, to: folder)
      let whole = fixture.folder.url.appendingPathComponent("model")
      try copy(
        FixtureFolder(whole).paths.filter { $0 != "model.safetensors" }, from: whole, to: folder)
      let (left, right) = (try load(folder.path), try load(fixture.path))
      #expect(left.header == right.header)
      #expect(try left.assets() == right.assets())
      #expect(
        try left.makeModel(catalog).parameters.values.scalars
          == right.makeModel(catalog).parameters.values.scalars)
      let file = folder.appendingPathComponent("pytorch_model.bin").path
      #expect(try load(file).header == right.header)
    }
  }

  @Test(arguments: HuggingFaceFixture.all) func textIsDividedAsByTransformers(
    _ fixture: HuggingFaceFixture
  ) throws {
    let text = try text(load(fixture.path))
    let (source, target) = (
      try fixture.numbers(text.source, target: false),
      try fixture.numbers(text.target, target: true)
    )
    let coder = TextCoder(text)
    let cases = try #require(try fixture.golden()["tokenizer"]?.arrayValue)
    #expect(cases.count >= 20)
    func ids(_ value: JSONValue?, _ numbers: [Int32]) throws -> [Int32] {
      try #require(value?.arrayValue).map { numbers[try #require($0.integerValue)] }
    }
    for entry in cases {
      let line = try #require(entry["text"]?.stringValue)
      let wanted = try ids(entry["input_ids"], source)
      #expect(try coder.input(line, id: 0).source == wanted, "\(line)")
      let tokenizer = try #require(text.targetTokenizer)
      let output = try ids(entry["target_ids"], target)
      let own = try coder.input(line, id: 0).prefix + text.target.encode(tokenizer.units(of: line))
      #expect(own == output, "\(line)")
      if let tokens = entry["tokens"] {
        let known = try texts(tokens).map { text.source.contains($0) ? $0 : "<unk>" }
        #expect(wanted.map(text.source.symbol) == known, "\(line)")
      }
      let plain = coder.text(of: coder.units(of: output))
      let decoded = try #require(entry["decode_target_ids"]?.stringValue)
      #expect(plain == fixture.withoutLanguage(decoded), "\(line)")
      if let decoded = entry["decode_input_ids"]?.stringValue {
        #expect(
          coder.text(of: coder.units(of: wanted)) == fixture.withoutLanguage(decoded), "\(line)")
      }
    }
  }

  @Test(arguments: HuggingFaceFixture.all) func searchesFindWhatTransformersFinds(
    _ fixture: HuggingFaceFixture
  ) throws {
    let file = try load(fixture.path)
    let runs = try #require(try fixture.golden()["generate"]?.arrayValue)
    #expect(runs.count >= 5)
    for run in runs { try check(run, file, fixture) }
  }

  private func check(_ run: JSONValue, _ file: ModelFile, _ fixture: HuggingFaceFixture) throws {
    let options = try #require(run["options"])
    var settings = try TranslatorSettings(for: file)
    var language: Int?
    #expect(settings.search.conventions == .huggingface)
    for (key, value) in try members(options) {
      switch key {
      case "num_beams": settings.search.beam = try #require(value.integerValue)
      case "num_return_sequences": settings.search.nbest = try #require(value.integerValue)
      case "length_penalty": settings.search.lenpen = try #require(value.doubleValue)
      case "max_length": settings.search.maxLenB = try #require(value.integerValue) - 2
      case "forced_bos_token_id": language = value.integerValue
      default: Issue.record("the option '\(key)' is not known to this test")
      }
    }
    let translator = try Translator(fixture.path, catalog, configuration: settings)
    let target = try fixture.numbers(translator.coder.task.target, target: true)
    let found = try translator.translate(try texts(run["sources"]))
    let prefix = [language].compactMap { $0.map { target[$0] } }
    #expect(found.allSatisfy { $0.input.prefix == prefix })
    let wanted = try sequences(run["sequences"])
    let scores = run["sequences_scores"]?.arrayValue
    let plain = try texts(run["texts"])
    let nbest = settings.search.nbest
    #expect(wanted.count == found.count * nbest)
    let pad = try #require(
      try fixture.folder.json("model/config.json")["pad_token_id"]?.integerValue)
    for (place, translation) in found.enumerated() {
      for rank in 0..<nbest {
        let row = place * nbest + rank
        guard run["stable"]?.arrayValue?[row].boolValue == true else { continue }
        try #require(translation.outputs.count > rank)
        let output = translation.outputs[rank]
        let ids = wanted[row].dropFirst().filter { $0 != Int32(pad) }.map { target[Int($0)] }
        #expect(output.hypothesis.tokens == ids, "\(options.compactText): \(translation.line)")
        #expect(output.text == fixture.withoutLanguage(plain[row]))
        if let score = scores?[row].doubleValue {
          #expect(abs(Double(output.score) - score) < 1e-4, "\(output.score) \(score)")
        }
      }
    }
  }

  private func members(_ value: JSONValue) throws -> JSONObject {
    guard case .object(let members) = value else { throw UserError("no object") }
    return members
  }
}
