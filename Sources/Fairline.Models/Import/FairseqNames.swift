public import Fairline

extension NameMap {
  /// The names in fairseq's files of convolutional models: the versions that they note are left
  /// out.
  static let fairseqConvolutional: NameMap = [.ignore("**.version"), .ignore("version")]

  /// The names in fairseq's Transformer files of all versions.
  ///
  /// Markers and computed tables are left out; fused projections, numbered norms and the old
  /// output projection get their names of today.
  public static let fairseqTransformer: NameMap = [
    .ignore("version"),
    .ignore("**.version"),
    .ignore("**._float_tensor"),
    .ignore("**.embed_positions.weights"),
    .split(
      "**.in_proj_weight", into: ["**.q_proj.weight", "**.k_proj.weight", "**.v_proj.weight"]),
    .split("**.in_proj_bias", into: ["**.q_proj.bias", "**.k_proj.bias", "**.v_proj.bias"]),
    .rename("decoder.embed_out", to: "decoder.output_projection.weight"),
    .rename(
      "encoder.layers.*.layer_norms.0.*", to: "encoder.layers.*.self_attn_layer_norm.*"),
    .rename("encoder.layers.*.layer_norms.1.*", to: "encoder.layers.*.final_layer_norm.*"),
    .rename(
      "decoder.layers.*.layer_norms.0.*", to: "decoder.layers.*.self_attn_layer_norm.*"),
    .rename(
      "decoder.layers.*.layer_norms.1.*", to: "decoder.layers.*.encoder_attn_layer_norm.*"),
    .rename("decoder.layers.*.layer_norms.2.*", to: "decoder.layers.*.final_layer_norm.*"),
  ]
}
