import Fairline
import FairlineNodeTransformer
import NodeStudy
import Testing

/// The rows and the command line.
@Suite struct RowTests {
  private let task = TaskDescription(
    sourceSymbols: 20, targetSymbols: 20, sharesVocabulary: true, maximumSourcePositions: 30,
    maximumTargetPositions: 30)

  @Test(arguments: StudyRow.all().map(\.name)) func aModelCanBeMade(_ name: String) throws {
    var settings = StudySettings()
    (settings.width, settings.heads) = (8, 2)
    let row = try #require(StudyRow.all().first { $0.name == name })
    let model = try NodeTransformer(try row.configuration(settings), for: task)
    #expect(model.parameters.count > 0)
  }

  /// The flags in the report are those that make the row.
  @Test(arguments: StudyRow.all(layers: 2).map(\.name)) func flagsMakeTheRow(_ name: String) throws
  {
    var settings = StudySettings()
    settings.layers = 2
    let row = try #require(StudyRow.all(layers: 2).first { $0.name == name })
    let words = row.flags(layers: 2).split(separator: " ").map(String.init)
    let draft = Draft("Model", NodeTransformerSettings())
    _ = try CommandLineParser(program: "test", drafts: [draft]).parse(words, ignoringUnknown: true)
    let wanted = try row.configuration(settings)
    #expect(draft.value.node == wanted.node)
    #expect(draft.value.transformer.encoderLayers == wanted.transformer.encoderLayers)
    #expect(wanted.transformer.decoderLayers == (name == "classic-deep" ? 2 : 1))
    #expect(wanted.node.nodeWeightPieces == (name == "pieces" ? 2 : 1))
    let isPostNorm = ["study-adaptive", "study-as-was"].contains(name)
    #expect(draft.value.transformer.decoderNormalizeBefore == !isPostNorm)
    #expect(wanted.transformer.encoderNormalizeBefore == !isPostNorm)
    #expect(words.contains("--weight-decay"))
  }

  @Test func namesAreUniqueAndColorsDifferWithinGroups() {
    let rows = StudyRow.all()
    #expect(Set(rows.map(\.name)).count == rows.count)
    #expect(Set(rows.map(\.title)).count == rows.count)
    for group in StudyRow.Group.allCases {
      let colors = rows.filter { $0.group == group }.map(\.color)
      #expect(Set(colors).count == colors.count)
    }
  }

  @Test func quickIsAPresetThatFlagsChange() throws {
    let quick = try #require(try StudySettings.read("t", ["data", "--quick", "--beam", "3"]))
    #expect(quick.quick && quick.width == StudySettings.quickPreset.width && quick.beam == 3)
    let plain = try #require(try StudySettings.read("t", ["data"]))
    #expect(!plain.quick && plain.folder != quick.folder)
  }

  @Test(arguments: [
    ["data", "--width", "30"], ["data", "--epochs", "0"], ["data", "--rows", "no"], [],
    ["data", "--seeds", "0"], ["data", "--sentences", "-1"],
  ])
  func mistakesAreRefused(_ arguments: [String]) {
    #expect(throws: OptionError.self) { try StudySettings.read("t", arguments) }
  }

  @Test func plansTellWhatDiffers() {
    let plan = MadeUp.plan
    var other = plan
    #expect(plan.difference(from: other) == nil)
    other.width = 32
    #expect(plan.difference(from: other) == "width 32 instead of 16")
  }
}
