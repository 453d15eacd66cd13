package dev.siltstone.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Creates streams, deletes them, and creates them again with other content.
final class Deleter implements Customer {
    /// How far one stream has come. Each stage lasts from one acknowledgement to the next.
    private enum Stage {
        CREATING(true, ""),
        DELETING(true, "old;"),
        CREATING_AGAIN(true, ""),
        DONE(false, "new;");

        /// Whether the request that ends the stage was sent, so that the next stage may be true instead.
        final boolean underWay;

        /// What the stream holds in this stage; empty: there is no stream.
        final String content;

        Stage(boolean underWay, String content) {
            this.underWay = underWay;
            this.content = content;
        }

        List<String> possible() {
            return underWay ? List.of(content, values()[ordinal() + 1].content) : List.of(content);
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
