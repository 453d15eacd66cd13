package dev.siltstone.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;

/// Follows a [Board] by long polls: whatever it sees must still be there after the kill.
final class BoardReader implements Customer {
    private final Board board;
    private String offset = "-1";

    BoardReader(Board board) {
        this.board = board;
    }

    @Override
    public void step(HttpConnection connection) throws IOException {
        HttpConnection.Answer answer =
                connection.get(board.path + "?live=long-poll&offset=" + offset);
        assertThat(answer.status()).as(answer.toString()).isIn(200, 204);
        board.seen(answer.body());
        offset = answer.nextOffset();
    }

    @Override
    public void check(HttpConnection connection) throws IOException {
        board.check(connection);
    }
}
