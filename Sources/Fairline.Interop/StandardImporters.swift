public import Fairline

/// What opens the models of other programs.
public enum StandardImporters: Plugin {
  /// Adds them.
  public static func register(in catalog: inout Catalog) throws {
    try catalog.importers.add(
      "ctranslate2", "folders of CTranslate2 with a model of translation", CTranslate2Folder())
    try catalog.importers.add(
      "fairseq", "checkpoints of fairseq (.pt), with dict.*.txt beside them",
      FairseqCheckpoint())
    try catalog.importers.add(
      "huggingface_marian", "folders of Hugging Face with models of Marian (OPUS-MT)",
      MarianFolder())
    try catalog.importers.add(
      "huggingface_multilingual", "folders of Hugging Face with M2M-100, NLLB-200 or mBART-50",
      MultilingualFolder())
  }
}
