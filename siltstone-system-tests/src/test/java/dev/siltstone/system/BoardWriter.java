package dev.siltstone.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;

/// Appends to a [Board], one message at a time.
final class BoardWriter implements Customer {
    private final Board board;
    private final int writer;
    private final Progress progress;
    private int number;

    BoardWriter(Board board, int writer, Progress progress) {
        this.board = board;
        this.writer = writer;
        this.progress = progress;
    }

    @Override
    public void step(HttpConnection connection) throws IOException {
        String message = Board.message(writer, number);
        board.attempted(writer, number++);
        HttpConnection.Answer answer =
                connection.post(board.path, message, "Content-Type", "text/plain");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(204);
        board.acknowledged(message, answer);
        progress.acknowledged();
    }

    @Override
    public void check(HttpConnection connection) {
        // The board is checked once for all who write to it.
    }
}
