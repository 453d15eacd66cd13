package dev.siltstone.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Forks a [Board] at offsets that were acknowledged, appends to the forks, and deletes streams that have
/// forks.
final class Forker implements Customer {
    private static final String OWN = "fork;";

    private static final class Fork {
        final String path;
        final long end;
        boolean created;
        boolean appendAttempted;
        boolean appended;

        Fork(String path, long end) {
            this.path = path;
            this.end = end;
        }
    }

    private static final class Family {
        final String path;
        boolean forked;
        boolean deleteAttempted;
        boolean deleted;

        Family(String path) {
            this.path = path;
        }
    }

    private final String prefix;
    private final Board board;
    private final RandomGenerator random;
    private final Progress progress;
    private final List<Fork> forks = new ArrayList<>();
    private final List<Family> families = new ArrayList<>();

    Forker(String prefix, Board board, RandomGenerator random, Progress progress) {
        this.prefix = prefix;
        this.board = board;
        this.random = random;
        this.progress = progress;
    }

    @Override
    public void step(HttpConnection connection) throws IOException {
        if (random.nextInt(3) == 0) {
            loseParent(connection);
        } else if (!board.acknowledged().isEmpty()) {
            forkBoard(connection);
        }
    }

    private void forkBoard(HttpConnection connection) throws IOException {
        List<Board.Acknowledged> places = board.acknowledged();
        Board.Acknowledged place = places.get(random.nextInt(places.size()));
        Fork fork = new Fork(prefix + "fork-" + forks.size(), place.end());
        forks.add(fork);
        expect(201, fork(connection, fork.path, board.path, place.offset()));
        fork.created = true;
        progress.acknowledged();
        fork.appendAttempted = true;
        expect(204, connection.post(fork.path, OWN, "Content-Type", "text/plain"));
        fork.appended = true;
        progress.acknowledged();
    }

    private void loseParent(HttpConnection connection) throws IOException {
        Family family = new Family(prefix + "family-" + families.size());
        families.add(family);
        HttpConnection.Answer parent =
                connection.put(family.path, "parent;", "Content-Type", "text/plain");
        expect(201, parent);
        expect(201, fork(connection, family.path + "-child", family.path, parent.nextOffset()));
        family.forked = true;
        progress.acknowledged();
        family.deleteAttempted = true;
        expect(204, connection.delete(family.path));
        family.deleted = true;
        progress.acknowledged();
    }

    private static HttpConnection.Answer fork(
            HttpConnection connection, String path, String source, String offset)
            throws IOException {
        return connection.put(
                path,
                "",
                "Stream-Forked-From",
                "/v1/stream/" + source,
                "Stream-Fork-Offset",
                offset);
    }

    private static void expect(int status, HttpConnection.Answer answer) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
    }

    @Override
    public void check(HttpConnection connection) throws IOException {
        String source = Content.read(connection, board.path).text();
        for (Fork fork : forks) {
            check(connection, fork, source.substring(0, (int) fork.end));
        }
        for (Family family : families) {
            check(connection, family);
        }
    }

    private static void check(HttpConnection connection, Fork fork, String inherited)
            throws IOException {
        if (connection.head(fork.path).status() == 404) {
            assertThat(fork.created).as("%s is not there", fork.path).isFalse();
            return;
        }
        String text = Content.read(connection, fork.path).text();
        assertThat(text).as(fork.path).startsWith(inherited);
        String own = text.substring(inherited.length());
        if (fork.appended) {
            assertThat(own).as("own content of %s", fork.path).isEqualTo(OWN);
        } else {
            assertThat(own)
                    .as("own content of %s", fork.path)
                    .isIn("", fork.appendAttempted ? OWN : "");
        }
    }

    private static void check(HttpConnection connection, Family family) throws IOException {
        int parent = connection.head(family.path).status();
        if (family.deleted) {
            assertThat(parent).as("%s, deleted but forked", family.path).isEqualTo(410);
        } else if (family.forked) {
            assertThat(parent).as(family.path).isIn(200, family.deleteAttempted ? 410 : 200);
        }
        if (family.forked) {
            assertThat(Content.read(connection, family.path + "-child").text())
                    .isEqualTo("parent;");
        }
    }
}
