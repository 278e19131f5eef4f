using System.Buffers.Binary;
using System.Globalization;
using UpcallActors.Embedded.Tests.Actions;
using UpcallActors.Embedded.Tests.Recordings;
using UpcallActors.Embedded.Tests.Replays;
using UpcallActors.Embedded.Tests.Requests;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Embedded.Tests.Fuzz;

/// <summary>Drives the fuzz targets with mutations of recorded bytes; <c>UPCALL_FUZZ_ITERATIONS</c> says how many.</summary>
public sealed class EmbeddedFuzzTests
{
    private const int Seed = 20_151_013;

    private static int Iterations =>
        int.TryParse(Environment.GetEnvironmentVariable("UPCALL_FUZZ_ITERATIONS"), CultureInfo.InvariantCulture, out int count)
            ? count
            : 3000;

    [Fact]
    public void Mutated_frames_have_keys()
    {
        List<byte[]> corpus = Frames();
        var random = new Random(Seed);
        for (int iteration = 0; iteration < Iterations; iteration++)
            EmbeddedFuzzTargets.Frame(Mutate(corpus[random.Next(corpus.Count)], random));
    }

    [Fact]
    public void Mutated_frames_go_through_every_action()
    {
        using var datapath = new TestDatapath();
        List<byte[]> corpus = Frames();
        byte[] actions = Attributes.Concat(
            ActionBytes.Trunc(200), ActionBytes.Userspace([1], withActions: true), ActionBytes.PushVlan(3), ActionBytes.PopVlan(),
            ActionBytes.PopVlan(),
            ActionBytes.Clone(ActionBytes.Output(2)), ActionBytes.Ct(1, commit: true), ActionBytes.Output(2), ActionBytes.CtClear(),
            ActionBytes.Recirc(1));
        byte[] rewriting = Attributes.Concat(
            ActionBytes.Ct(2, commit: false), ActionBytes.SetMasked(OvsKeyAttribute.Ipv4, [10, 0, 0, 0, 10, 0, 0, 0, 0, 0, 5, 0],
                [255, 0, 0, 0, 255, 0, 0, 0, 0, 0, 255, 0]), ActionBytes.Output(2));
        var random = new Random(Seed);
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            byte[] frame = Mutate(corpus[random.Next(corpus.Count)], random);
            datapath.Datapath.Clock.Set(iteration * 1000L);
            datapath.Datapath.Receive(1, frame);
            datapath.Execute(frame, actions, mru: (ushort)random.Next(1600)).ShouldBeOneOf(0, 22);
            datapath.Execute(frame, rewriting, mru: (ushort)random.Next(1600)).ShouldBeOneOf(0, 22);
            datapath.Upcalls();
        }

        datapath.Counters.Executes.ShouldBeGreaterThan(Iterations / 4);
        datapath.B.Frames.ShouldNotBeEmpty();
    }

    [Fact]
    public void Mutated_requests_are_answered_and_the_datapath_lives()
    {
        IReadOnlyList<byte[]> corpus = RequestCorpus();
        var random = new Random(Seed);
        for (int iteration = 0; iteration < Iterations / 4; iteration++)
            EmbeddedFuzzTargets.Requests(Mutate(corpus[random.Next(corpus.Count)], random));
    }

    /// <summary>What was sent to kernels, and an EXECUTE.</summary>
    internal static IReadOnlyList<byte[]> RequestCorpus()
    {
        byte[] upcall = new KernelRecording("linux-6.1/ipv4-fragmentation").Upcalls.First().Bytes;
        return
        [
            .. KernelRecording.Names.SelectMany(
                name => new KernelRecording(name).Messages).Where(message => message.IsRequest).Select(Readdressed),
            Readdressed(new RecordedMessage(0, UpcallTurning.ToExecute(upcall, ActionBytes.Output(2)))),
        ];
    }

    /// <summary>A recorded request with the family numbers and the id of the embedded datapath.</summary>
    private static byte[] Readdressed(RecordedMessage message)
    {
        byte[] bytes = [.. message.Bytes];
        ushort family = message.Type;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(NetlinkMessage.TypeOffset), (ushort)(32 + (family % 6)));
        if (bytes.Length >= OvsHeader.AttributesOffset)
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(OvsHeader.AttributesOffset - OvsHeader.Length), 1);
        return bytes;
    }

    internal static List<byte[]> Frames() =>
    [
        .. KernelRecording.Names.SelectMany(name => new KernelRecording(name).Frames("p0")).Select(frame => frame.Data.ToArray()),
        TestFrames.Tcp(), TestFrames.Udp(vlan: 5), TestFrames.UdpOverIpv6(),
    ];

    private static byte[] Mutate(byte[] original, Random random)
    {
        byte[] bytes = random.Next(4) == 0 ? original[..random.Next(original.Length + 1)] : [.. original];
        for (int change = random.Next(6); change > 0 && bytes.Length > 0; change--)
        {
            int at = random.Next(2) == 0 ? random.Next(bytes.Length) : random.Next(Math.Min(bytes.Length, 80));
            bytes[at] = random.Next(3) switch
            {
                0 => (byte)random.Next(256),
                1 => (byte)(bytes[at] ^ (1 << random.Next(8))),
                _ => random.Next(2) == 0 ? byte.MinValue : byte.MaxValue,
            };
        }

        return bytes;
    }
}
