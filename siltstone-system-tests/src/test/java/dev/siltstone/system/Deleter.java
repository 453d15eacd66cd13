package dev.siltstone.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Creates streams, deletes them, and creates them again with other content.
final class Deleter implements Customer {
    /// How far one stream has come. Each stage lasts from one acknowledgement to the next, and its request
    /// may have taken effect before it was acknowledged.
    private enum Stage {
        CREATING("", "old;"),
        DELETING("old;", ""),
        CREATING_AGAIN("", "new;"),
        DONE("new;", "new;");

        private final String before;
        private final String after;

        Stage(String before, String after) {
            this.before = before;
            this.after = after;
        }

        /// What the stream may hold; empty: there is no stream.
        List<String> possible() {
            return List.of(before, after);
        }
    }

    private final String prefix;
    private final Progress progress;
    private final List<Stage> stages = new ArrayList<>();

    Deleter(String prefix, Progress progress) {
        this.prefix = prefix;
        this.progress = progress;
    }

    @Override
    public void step(HttpConnection connection) throws IOException {
        int number = stages.size();
        String path = prefix + number;
        stages.add(Stage.CREATING);
        expect(201, connection.put(path, "old;", "Content-Type", "text/plain"));
        reached(number, Stage.DELETING);
        expect(204, connection.delete(path));
        reached(number, Stage.CREATING_AGAIN);
        expect(201, connection.put(path, "new;", "Content-Type", "text/plain"));
        reached(number, Stage.DONE);
    }

    private void reached(int number, Stage stage) {
        stages.set(number, stage);
        progress.acknowledged();
    }

    private static void expect(int status, HttpConnection.Answer answer) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
    }

    @Override
    public void check(HttpConnection connection) throws IOException {
        for (int i = 0; i < stages.size(); i++) {
            HttpConnection.Answer answer = connection.get(prefix + i + "?offset=-1");
            assertThat(answer.status()).isIn(200, 404);
            assertThat(answer.status() == 404 ? "" : answer.text())
                    .as("%s%s in stage %s", prefix, i, stages.get(i))
                    .isIn(stages.get(i).possible());
        }
    }
}
