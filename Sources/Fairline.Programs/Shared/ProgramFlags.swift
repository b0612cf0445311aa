import Fairline
import FairlineData
import FairlineGeneration

/// What each program takes on its command line, whatever task and model are chosen: a flag of
/// another program is refused with that program's name.
enum ProgramFlags {
  /// The programs and their settings.
  static var all: [(program: String, drafts: [any AnyDraft])] {
    [
      ("fairline-preprocess", [Draft("", PreprocessSettings())]),
      (
        "fairline-train",
        [
          Draft("", TrainChoices()), Draft("", LogSettings()), Draft("", OptimizationSettings()),
          Draft("", ComputeSettings()), Draft("", DatasetSettings()),
          Draft("", ValidationSettings()), Draft("", CheckpointSettings()),
          Draft("", RankSettings()), Draft("", ExchangeSettings()),
          Draft("", LocalUpdateSettings()),
        ]
      ),
      ("fairline-generate", [Draft("", GenerateSettings()), Draft("", RankSettings())] + search),
      ("fairline-interactive", [Draft("", InteractiveSettings())] + search),
      ("fairline-eval-lm", [Draft("", EvaluateTextSettings()), Draft("", ModelChoice())]),
      ("fairline-validate", [Draft("", ValidateSettings()), Draft("", ModelChoice())]),
      ("fairline-score", [Draft("", ScoreSettings())]),
      ("fairline-average", [Draft("", AverageSettings())]),
      ("fairline-quantize", [Draft("", QuantizeSettings())]),
      ("fairline-shortlist", [Draft("", ShortlistSettings())]),
      ("fairline-import", [Draft("", ImportSettings())]),
      ("fairline-learn-bpe", [Draft("", LearnBPESettings())]),
      ("fairline-tokenize", [Draft("", TokenizeSettings())]),
    ]
  }

  private static var search: [any AnyDraft] {
    [Draft("", OutputSettings()), Draft("", GenerationSettings())]
  }
}
