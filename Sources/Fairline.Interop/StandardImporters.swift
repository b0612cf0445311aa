public import Fairline

/// What opens the models of other programs.
public enum StandardImporters: Plugin {
  /// Adds them.
  public static func register(in catalog: inout Catalog) throws {
    try catalog.importers.add(
      "fairseq", "checkpoints of fairseq (.pt), with dict.*.txt beside them",
      FairseqCheckpoint())
    try catalog.importers.add(
      "huggingface_marian", "folders of Hugging Face with models of Marian (OPUS-MT)",
      MarianFolder())
  }
}
