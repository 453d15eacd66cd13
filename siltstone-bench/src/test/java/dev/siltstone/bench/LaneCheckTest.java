package dev.siltstone.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class LaneCheckTest {
    private final Faults faults = new Faults();
    private final Lanes lanes = new Lanes(2, 4); // lanes 0 and 2 write stream 0

    private LaneCheck checkOf(long... written) {
        for (int lane = 0; lane < written.length; lane++) {
            lanes.lane(lane).acknowledge((int) written[lane]);
        }
        return new LaneCheck(lanes, 0, faults);
    }

    @Test
    void isContentWithEveryAcknowledgedMessageInItsOrder() {
        LaneCheck check = checkOf(2, 0, 1, 0);
        check.message(0, 0);
        check.message(2, 0);
        check.message(0, 1);
        check.end();
        assertThat(faults.first()).isEmpty();
    }

    @Test
    void noticesOneThatIsMissingInTheMiddleOrAtTheEnd() {
        LaneCheck check = checkOf(3, 0, 1, 0);
        check.message(0, 0);
        check.message(0, 2);
        check.end();
        assertThat(faults.first())
                .containsExactly(
                        "stream 0, lane 0: message 1 is missing",
                        "stream 0, lane 2: message 0 is missing");
    }

    @Test
    void noticesRepetitionOrderAndStrangers() {
        LaneCheck check = checkOf(2, 1, 0, 0);
        check.message(0, 0);
        check.message(0, 0);
        check.message(1, 0);
        check.message(77, 0);
        assertThat(faults.count()).isEqualTo(3);
    }

    @Test
    void allowsWhatGotNoAnswerToBeThereOrNot() throws LoadFailedException {
        Lane lane = lanes.lane(0);
        lane.acknowledge(1);
        lane.lose();
        lane.acknowledge(1);
        LaneCheck without = new LaneCheck(lanes, 0, faults);
        without.message(0, 0);
        without.message(0, 2);
        without.end();
        LaneCheck with = new LaneCheck(lanes, 0, faults);
        with.message(0, 0);
        with.message(0, 1);
        with.message(0, 2);
        with.end();
        assertThat(faults.first()).isEmpty();
    }

    @Test
    void givesEveryStreamAWriterAndEveryWriterAStream() {
        Lanes many = new Lanes(10, 3);
        assertThat(many.ofWriter(1)).extracting(Lane::stream).containsExactly(1, 4, 7);
        assertThat(many.ofStream(9)).hasSize(1);
        assertThat(new Lanes(2, 5).ofStream(0)).extracting(Lane::number).containsExactly(0, 2, 4);
    }

    @Test
    void findsMessagesAgainInContentOfEveryKindHoweverItsPiecesFall() {
        for (ContentKind kind : ContentKind.values()) {
            MessageForm form = new MessageForm(kind, 100);
            byte[] content = form.body(3, 5, 40, 123);
            for (int pieceBytes = 1; pieceBytes <= content.length; pieceBytes += 7) {
                StringBuilder found = new StringBuilder();
                MessageReader reader = new MessageReader(form, notes(found));
                for (int at = 0; at < content.length; at += pieceBytes) {
                    int count = Math.min(pieceBytes, content.length - at);
                    reader.read(ByteBuffer.wrap(content, at, count));
                }
                assertThat(found)
                        .as("%s by %d", kind, pieceBytes)
                        .hasToString("5/40/123 5/41/123 5/42/123 ");
            }
        }
    }

    @Test
    void noticesEveryChangedByteOfAMessage() {
        for (ContentKind kind : ContentKind.values()) {
            MessageForm form = new MessageForm(kind, 70);
            byte[] message = form.message(1, 2, 3);
            for (int at = 0; at < message.length; at++) {
                byte[] changed = message.clone();
                changed[at] ^= 1;
                StringBuilder found = new StringBuilder();
                MessageReader reader = new MessageReader(form, notes(found));
                reader.read(ByteBuffer.wrap(changed));
                assertThat(found.toString()).as("%s, byte %d", kind, at).isNotEqualTo("1/2/3 ");
            }
        }
    }

    private static MessageReader.Receiver notes(StringBuilder found) {
        return new MessageReader.Receiver() {
            @Override
            public void message(int lane, long number, long due) {
                found.append(lane).append('/').append(number).append('/').append(due).append(' ');
            }

            @Override
            public void foreign(String what) {
                found.append(what);
            }
        };
    }

    @Test
    void readsEventsHoweverTheirPiecesFall() {
        byte[] events =
                ("event: data\ndata: [{\"a\":1}]\n\nevent:control\r\ndata:{\"x\":2}\r\n\r\nevent: data\ndata:b\n\n")
                        .getBytes(ISO_8859_1);
        for (int pieceBytes = 1; pieceBytes <= events.length; pieceBytes++) {
            StringBuilder found = new StringBuilder();
            SseReader reader =
                    new SseReader(
                            new SseReader.Receiver() {
                                @Override
                                public void data(ByteBuffer line) {
                                    found.append("d ").append(ISO_8859_1.decode(line)).append(';');
                                }

                                @Override
                                public void control(String json) {
                                    found.append("c ").append(json).append(';');
                                }
                            });
            for (int at = 0; at < events.length; at += pieceBytes) {
                reader.read(ByteBuffer.wrap(events, at, Math.min(pieceBytes, events.length - at)));
            }
            assertThat(found).hasToString("d [{\"a\":1}];c {\"x\":2};d b;");
        }
    }

    @Test
    void refusesSizesThatHoldNoMessage() {
        assertThatThrownBy(() -> new MessageForm(ContentKind.JSON, 20))
                .hasMessageContaining("at least");
    }
}
