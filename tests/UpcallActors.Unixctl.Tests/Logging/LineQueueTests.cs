using System.Globalization;

namespace UpcallActors.Unixctl.Tests;

/// <summary>Lines on their way to a slow destination.</summary>
public sealed class LineQueueTests
{
    [Fact]
    public void Lines_are_written_in_their_order_before_the_end()
    {
        var written = new List<string>();
        using (var queue = new LineQueue("lines", 1000, written.Add, _ => "lost"))
        {
            for (int i = 0; i < 1000; i++)
                queue.Add(Text(i));
        }

        written.ShouldBe(Enumerable.Range(0, 1000).Select(i => Text(i)));
    }

    [Fact]
    public void Who_logs_does_not_wait_and_the_next_line_says_how_many_were_left_out()
    {
        var written = new List<string>();
        using var isWriting = new ManualResetEventSlim();
        using var mayWrite = new ManualResetEventSlim();
        using (var queue = new LineQueue("lines", 2, Write, lost => $"{Text(lost)} lost"))
        {
            queue.Add("first");
            isWriting.Wait();
            // Two wait, and three are too many.
            for (int i = 0; i < 5; i++)
                queue.Add(Text(i));
            queue.Lost.ShouldBe(3);
            mayWrite.Set();
        }

        written.ShouldBe(["first", "3 lost", "0", "1"]);

        void Write(string line)
        {
            isWriting.Set();
            mayWrite.Wait();
            written.Add(line);
        }
    }

    [Fact]
    public void A_line_that_cannot_be_written_is_told_of_when_one_can()
    {
        var written = new List<string>();
        bool isFull = true;
        using (var queue = new LineQueue("lines", 10, Write, lost => $"{Text(lost)} lost"))
        {
            queue.Add("a");
            queue.Add("b");
            queue.Between(() => isFull = false).ShouldBeTrue();
            queue.Add("c");
        }

        written.ShouldBe(["2 lost", "c"]);

        void Write(string line)
        {
            if (isFull)
                throw new IOException("No space left on device");
            written.Add(line);
        }
    }

    [Fact]
    public void What_is_done_between_lines_comes_after_those_before()
    {
        var written = new List<string>();
        var queue = new LineQueue("lines", 10, written.Add, _ => "lost");
        queue.Add("a");
        int before = -1;
        queue.Between(() => before = written.Count).ShouldBeTrue();
        before.ShouldBe(1);
        queue.Dispose();
        queue.Add("too late");
        queue.Between(() => before = 99).ShouldBeFalse();
        (before, written.Count).ShouldBe((1, 1));
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
