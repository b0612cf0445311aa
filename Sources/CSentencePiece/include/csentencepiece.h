// A C face of the SentencePiece library: load, encode, decode, train.
//
// Functions that can fail return NULL (or false) and put a message in `*error`; the caller frees
// it with fl_sp_free. Models are immutable after loading: any number of threads may use one.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct fl_sp_model fl_sp_model;

/// Receives one piece: its bytes (valid during the call only) and its id in the model.
typedef void (*fl_sp_emit)(void *context, const char *bytes, size_t count, int32_t id);

/// Gives the next training line by one call of `take(line, bytes, count, 0)`; false at the end.
typedef bool (*fl_sp_next_line)(void *context, fl_sp_emit take, void *line);

fl_sp_model *fl_sp_load(const char *bytes, size_t count, char **error);
void fl_sp_release(fl_sp_model *model);
void fl_sp_free(char *bytes);

int32_t fl_sp_piece_count(const fl_sp_model *model);
int32_t fl_sp_unknown_id(const fl_sp_model *model);
int32_t fl_sp_piece_id(const fl_sp_model *model, const char *bytes, size_t count);
/// Whether the piece stands for a symbol of text, not for <s>, </s>, padding or unknown.
bool fl_sp_is_ordinary(const fl_sp_model *model, int32_t id);
/// Returns the bytes of a piece; they live as long as the model.
const char *fl_sp_piece(const fl_sp_model *model, int32_t id, size_t *count);

bool fl_sp_encode(const fl_sp_model *model, const char *bytes, size_t count, void *context,
                  fl_sp_emit emit, char **error);
/// Decodes pieces given as consecutive bytes with their lengths; emits the text once, id 0.
bool fl_sp_decode_pieces(const fl_sp_model *model, const char *bytes, const int32_t *lengths,
                         size_t pieces, void *context, fl_sp_emit emit, char **error);
bool fl_sp_decode_ids(const fl_sp_model *model, const int32_t *ids, size_t count, void *context,
                      fl_sp_emit emit, char **error);

/// Trains a model on lines; options are `names[i]` = `values[i]` of the library's trainer.
/// Returns the serialized model (freed with fl_sp_free) and its size.
char *fl_sp_train(const char *const *names, const char *const *values, size_t options,
                  void *context, fl_sp_next_line next_line, size_t *count, char **error);

#ifdef __cplusplus
}
#endif
