import Fairline
import FairlineGeneration
import FairlineModels
import FairlineTensor
import FairlineTesting
import Testing

/// What holds for models of every family.
@Suite struct FamilyPropertyTests {
  @Test(arguments: GoldenParityTests.all) func aBatchIsItsSentences(_ golden: GoldenModel) throws {
    let (model, batch) = (try golden.makeModel(), try golden.batch(named: "a"))
    let whole = model(batch, ForwardPass.evaluation()).logits
    for row in 0..<batch.sentenceCount {
      let rows = batch.decoderInput.segments[row]
      let alone = Batch(
        ids: [0],
        source: batch.source.segments.count > 0 ? batch.source[row..<(row + 1)] : batch.source,
        decoderInput: batch.decoderInput[row..<(row + 1)], target: Array(batch.target[rows]))
      let logits = model(alone, ForwardPass.evaluation()).logits
      #expect(mismatch(logits, whole.sliced(rows), absolute: 1e-5) == nil, "row \(row)")
    }
  }

  @Test(arguments: GoldenParityTests.translation)
  func oneBeamIsGreedyAndBatchMatesChangeNothing(_ golden: GoldenModel) throws {
    let (model, batch) = (try golden.makeModel(), try golden.batch(named: "a"))
    var settings = GenerationSettings()
    (settings.beam, settings.maxLenB) = (1, 12)
    let inputs = batch.ids.indices.map {
      GenerationInput(id: $0, source: Array(batch.source[$0]))
    }
    let generator = try SequenceGenerator(models: [model], settings: settings)
    let found = try #require(Optional(generator.generate(inputs)))
    for (input, hypotheses) in zip(inputs, found) {
      #expect(generator.generate([input])[0] == hypotheses)
      var prefix: [Int32] = []
      while prefix.count < 12, prefix.last != 2 {
        let one = Batch.pairs(ids: [0], sources: [input.source], targets: [prefix + [2]])
        let logits = model(one, ForwardPass.evaluation()).logits
        var scores = logits.sliced(prefix.count..<(prefix.count + 1)).scalars
        scores[1] = -.infinity
        if prefix.isEmpty { scores[2] = -.infinity }
        prefix.append(Int32(scores.indices.max { scores[$0] < scores[$1] } ?? 0))
      }
      if prefix.last != 2 { prefix.append(2) }
      #expect(hypotheses[0].tokens == prefix)
    }
  }

  /// Dropout takes part in training, and the same draw gives the same numbers.
  @Test func dropoutIsRepeatable() throws {
    let task = TaskDescription(sourceSymbols: 20, targetSymbols: 20, sharesVocabulary: true)
    var recurrent = LSTMSettings()
    (recurrent.encoderEmbedDim, recurrent.decoderEmbedDim) = (6, 6)
    (recurrent.decoderOutEmbedDim, recurrent.dropout) = (5, 0.5)
    var convolutional = ConvolutionalSettings()
    (convolutional.encoderEmbedDim, convolutional.decoderEmbedDim) = (6, 6)
    convolutional.encoderLayers = try #require(ConvolutionList(text: "[(6, 3)] * 2"))
    convolutional.decoderLayers = convolutional.encoderLayers
    convolutional.dropout = 0.5
    let batch = Batch.pairs(
      ids: [0, 1], sources: [[4, 5, 2], [6, 2]], targets: [[7, 8, 9, 2], [4, 2]])
    checkDropout(try LSTM(recurrent, for: task), batch)
    checkDropout(try ConvolutionalModel(convolutional, for: task), batch)
  }

  /// A recurrent language model may read symbols that it does not predict.
  @Test func someSymbolsAreReadOnly() throws {
    let task = TaskDescription(symbols: 20, predictedSymbols: 12)
    var c = LSTMLanguageModelSettings()
    (c.decoderEmbedDim, c.decoderOutEmbedDim) = (6, 6)
    let model = try LSTMLanguageModel(c, for: task)
    let batch = Batch(
      ids: [0], source: PackedTokens([]), decoderInput: PackedTokens([[2, 19, 5]]),
      target: [3, 5, 2])
    #expect(model(batch, ForwardPass.evaluation()).logits.shape == [3, 12])
    c.shareDecoderInputOutputEmbed = true
    #expect { try LSTMLanguageModel(c, for: task) } throws: {
      "\($0)".contains("--output-dictionary-size")
    }
  }

  @Test func listsOfConvolutionsAreReadNotRun() {
    func layers(_ text: String) -> [[Int]]? {
      ConvolutionList(text: text)?.layers.map { [$0.channels, $0.width, $0.residual] }
    }
    #expect(layers("[(512, 3)] * 2") == [[512, 3, 1], [512, 3, 1]])
    #expect(layers("2 * [(8,3)] + [(9, 1, 0)]") == [[8, 3, 1], [8, 3, 1], [9, 1, 0]])
    #expect(layers("([(8, 3)] + [(9, 3)]) * 2")?.map { $0[0] } == [8, 9, 8, 9])
    #expect(layers("[(8, 3), (8, 3), (9, 1, 2),]")?.last == [9, 1, 2])
    for text in [
      "", "[]", "[(8)]", "[(8, 3)] * 2000", "[(8, 3)] * 999999999 * 999999999", "[(0, 3)]",
      "[(8, 3, 9)]", "[(8, -3)]", "[(8, 3)", "__import__('os').system('true')", "[(8, 3)]; 1",
      "[(8, 3.5)]", "[(8, 3)] - [(8, 3)]", "8 * 3",
    ] {
      #expect(layers(text) == nil, "\(text)")
    }
    // Texts that would need a stack as deep as they are long, and a product that stays small.
    for text in [String(repeating: "(", count: 100_000), String(repeating: "1*", count: 50_000)] {
      #expect(layers(text) == nil)
    }
    #expect(layers("[(8, 3)]" + String(repeating: " * 1", count: 50_000)) == [[8, 3, 1]])
    #expect(AttendingLayers(text: "[True, False]")?.flags(of: 2) == [true, false])
    #expect(AttendingLayers(text: "True")?.flags(of: 3) == [true, true, true])
    #expect(AttendingLayers(text: "[True, False]")?.flags(of: 3) == nil)
    #expect(AttendingLayers(text: "[True, none]") == nil)
  }
}
