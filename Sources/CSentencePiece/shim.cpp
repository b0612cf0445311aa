#include "csentencepiece.h"

#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

using sentencepiece::SentencePieceProcessor;
using sentencepiece::SentencePieceTrainer;
namespace util = sentencepiece::util;

struct fl_sp_model {
  SentencePieceProcessor processor;
};

namespace {

char *copied(const char *bytes, size_t count) {
  char *copy = static_cast<char *>(std::malloc(count + 1));
  if (copy == nullptr) return nullptr;
  std::memcpy(copy, bytes, count);
  copy[count] = 0;
  return copy;
}

void report(char **error, const std::string &message) {
  if (error != nullptr) *error = copied(message.data(), message.size());
}

/// Runs `body`, which returns a status, and turns a failure or exception into a message.
template <typename Body>
bool succeeds(char **error, Body body) {
  try {
    const util::Status status = body();
    if (status.ok()) return true;
    report(error, status.error_message());
  } catch (const std::exception &exception) {
    report(error, exception.what());
  } catch (...) {
    report(error, "unknown failure");
  }
  return false;
}

/// The caller's lines as the iterator that the library's trainer reads.
class Lines final : public sentencepiece::SentenceIterator {
 public:
  Lines(void *context, fl_sp_next_line next_line) : context_(context), next_line_(next_line) {
    Next();
  }
  bool done() const override { return done_; }
  const std::string &value() const override { return value_; }
  util::Status status() const override { return util::Status(); }
  void Next() override {
    done_ = !next_line_(context_, take, &value_);
  }

 private:
  static void take(void *line, const char *bytes, size_t count, int32_t) {
    static_cast<std::string *>(line)->assign(bytes, count);
  }

  void *context_;
  fl_sp_next_line next_line_;
  std::string value_;
  bool done_ = false;
};

}  // namespace

extern "C" {

fl_sp_model *fl_sp_load(const char *bytes, size_t count, char **error) {
  std::unique_ptr<fl_sp_model> model;
  const bool loaded = succeeds(error, [&] {
    model = std::make_unique<fl_sp_model>();
    return model->processor.LoadFromSerializedProto(absl::string_view(bytes, count));
  });
  return loaded ? model.release() : nullptr;
}

void fl_sp_release(fl_sp_model *model) { delete model; }

void fl_sp_free(char *bytes) { std::free(bytes); }

int32_t fl_sp_piece_count(const fl_sp_model *model) { return model->processor.GetPieceSize(); }

int32_t fl_sp_unknown_id(const fl_sp_model *model) { return model->processor.unk_id(); }

int32_t fl_sp_piece_id(const fl_sp_model *model, const char *bytes, size_t count) {
  return model->processor.PieceToId(absl::string_view(bytes, count));
}

bool fl_sp_is_ordinary(const fl_sp_model *model, int32_t id) {
  return !model->processor.IsControl(id) && !model->processor.IsUnknown(id) &&
         !model->processor.IsUnused(id);
}

const char *fl_sp_piece(const fl_sp_model *model, int32_t id, size_t *count) {
  const std::string &piece = model->processor.IdToPiece(id);
  *count = piece.size();
  return piece.data();
}

bool fl_sp_encode(const fl_sp_model *model, const char *bytes, size_t count, void *context,
                  fl_sp_emit emit, char **error) {
  return succeeds(error, [&] {
    sentencepiece::ImmutableSentencePieceText text;
    const util::Status status =
        model->processor.Encode(absl::string_view(bytes, count), text.mutable_proto());
    if (!status.ok()) return status;
    const size_t pieces = text.pieces_size();
    for (size_t i = 0; i < pieces; ++i) {
      const auto piece = text.pieces(static_cast<int>(i));
      const std::string &symbol = piece.piece();
      emit(context, symbol.data(), symbol.size(), static_cast<int32_t>(piece.id()));
    }
    return status;
  });
}

bool fl_sp_decode_pieces(const fl_sp_model *model, const char *bytes, const int32_t *lengths,
                         size_t pieces, void *context, fl_sp_emit emit, char **error) {
  return succeeds(error, [&] {
    std::vector<std::string> list;
    list.reserve(pieces);
    for (size_t i = 0; i < pieces; ++i) {
      list.emplace_back(bytes, static_cast<size_t>(lengths[i]));
      bytes += lengths[i];
    }
    std::string text;
    const util::Status status = model->processor.Decode(list, &text);
    if (status.ok()) emit(context, text.data(), text.size(), 0);
    return status;
  });
}

bool fl_sp_decode_ids(const fl_sp_model *model, const int32_t *ids, size_t count, void *context,
                      fl_sp_emit emit, char **error) {
  return succeeds(error, [&] {
    std::string text;
    const util::Status status =
        model->processor.Decode(std::vector<int>(ids, ids + count), &text);
    if (status.ok()) emit(context, text.data(), text.size(), 0);
    return status;
  });
}

char *fl_sp_train(const char *const *names, const char *const *values, size_t options,
                  void *context, fl_sp_next_line next_line, size_t *count, char **error) {
  std::string serialized;
  const bool trained = succeeds(error, [&] {
    std::unordered_map<std::string, std::string> arguments;
    for (size_t i = 0; i < options; ++i) arguments[names[i]] = values[i];
    Lines lines(context, next_line);
    return SentencePieceTrainer::Train(arguments, &lines, &serialized);
  });
  if (!trained) return nullptr;
  *count = serialized.size();
  return copied(serialized.data(), serialized.size());
}

}  // extern "C"
