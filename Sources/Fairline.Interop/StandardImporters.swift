public import Fairline

/// What opens the models of other programs, and what writes them.
public enum StandardImporters: Plugin {
  /// Adds them.
  public static func register(in catalog: inout Catalog) throws {
    try catalog.importers.add(
      "argos", "packages of Argos Translate (.argosmodel) with a model of translation",
      ArgosPackage())
    try catalog.importers.add(
      "ctranslate2", "folders of CTranslate2 with a model of translation", CTranslate2Folder())
    try catalog.importers.add(
      "fairseq", "checkpoints of fairseq (.pt), with dict.*.txt beside them",
      FairseqCheckpoint())
    try catalog.importers.add(
      "huggingface_fsmt", "folders of Hugging Face with models of fairseq's translation (fsmt)",
      FsmtFolder())
    try catalog.importers.add(
      "huggingface_marian", "folders of Hugging Face with models of Marian (OPUS-MT)",
      MarianFolder())
    try catalog.importers.add(
      "huggingface_multilingual", "folders of Hugging Face with M2M-100, NLLB-200 or mBART-50",
      MultilingualFolder())
    try catalog.importers.add(
      "marian", "native models of Marian (.npz, .bin), with vocabularies beside them",
      NativeMarian())
    try catalog.exporters.add(
      "ctranslate2", "a folder of CTranslate2, format 6, in 32 bit floats or 8 bit integers",
      CTranslate2Exporter())
    try catalog.exporters.add(
      "huggingface",
      "a folder of Hugging Face with a model of Marian, M2M-100, NLLB-200, mBART-50 or fsmt",
      HuggingFaceExporter())
  }
}
