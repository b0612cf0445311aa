import FairlineFoundation
import Testing

@Suite struct SettingNameTests {
  @Test func flagsAndKeysBecomeProperties() {
    for name in ["encoder-ffn-embed-dim", "encoder_ffn_embed_dim", "encoderFfnEmbedDim"] {
      #expect(name.propertyName == "encoderFfnEmbedDim")
    }
    #expect("lr".propertyName == "lr" && "".propertyName == "")
    #expect("max_len_a".flagName == "max-len-a")
  }
}
