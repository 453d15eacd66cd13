package dev.siltstone.bench;

/// The streams of a run: their names and their content.
///
/// @param prefix of the names; of this run alone
/// @param form of the messages
record Streams(String prefix, MessageForm form) {
    String name(int stream) {
        return prefix + stream;
    }

    String contentTypeHeader() {
        return "Content-Type: " + form.kind().contentType() + "\r\n";
    }
}
