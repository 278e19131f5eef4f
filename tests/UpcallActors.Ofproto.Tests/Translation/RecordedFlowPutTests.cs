using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto.Tests;

/// <summary>
/// Every upcall of the recordings, translated in the recorded order, against what ovs-vswitchd made of it: the flow it put
/// (key, mask, actions) and the actions of its EXECUTE, byte for byte but for recirculation ids.
/// </summary>
public sealed class RecordedFlowPutTests
{
    public static TheoryData<string> Scenarios => RecordedScenario.Names;

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Flow_puts_and_executes_equal_those_of_ovs_vswitchd(string name)
    {
        RecordedScenario scenario = RecordedScenario.Of(name);
        var replay = new Replay(scenario);
        foreach (byte[] message in scenario.Messages)
        {
            ushort type = RecordedScenario.TypeOf(message);
            if (type == scenario.PacketFamily)
                replay.OnPacket(message);
            else if (type == scenario.FlowFamily)
                replay.OnFlow(message);
        }

        replay.Differences.ShouldBeEmpty();
        // What there is to do with a packet was done, by them as by us; and the recording did hold all three kinds of message.
        replay.NotExecuted.ShouldBeEmpty();
        replay.Upcalls.ShouldBeGreaterThanOrEqualTo(17);
        replay.FlowPuts.ShouldBeGreaterThanOrEqualTo(15);
        replay.Executes.ShouldBeGreaterThanOrEqualTo(15);
    }

    private sealed class Replay(RecordedScenario scenario)
    {
        private readonly IUpcallTranslator _translator = new OpenFlowTranslatorFactory(scenario.Bridges()).Create(0);
        private readonly List<Decision> _decisions = [];
        private readonly Dictionary<uint, uint> _idOfRecorded = [];
        private readonly byte[] _buffer = new byte[4096];

        public List<string> Differences { get; } = [];

        public int Upcalls => _decisions.Count;

        public IEnumerable<int> NotExecuted =>
            _decisions.Index().Where(entry => entry.Item.Actions.Length > 0 && !entry.Item.Executed).Select(entry => entry.Index);

        public int FlowPuts { get; private set; }

        public int Executes { get; private set; }

        public void OnPacket(byte[] message)
        {
            PacketMessage.TryParse(message, out PacketMessage packet).ShouldBe(OdpParseError.None);
            if (packet.Command == PacketCommand.Miss)
                OnUpcall(message, packet);
            else if (packet.Command == PacketCommand.Execute && !packet.IsProbe)
                OnExecute(packet.Packet.Of(message), packet.Actions.Of(message));
        }

        public void OnFlow(byte[] message)
        {
            const NetlinkFlags Put = NetlinkFlags.Request | NetlinkFlags.Create;
            NetlinkMessage.TryRead(message, out NetlinkMessage netlink, out _);
            if (FlowMessage.TryParse(message, out FlowMessage flow) != OdpParseError.None || (netlink.Flags & Put) != Put || flow.IsProbe)
                return;

            FlowPuts++;
            byte[] key = flow.Key.Of(message).ToArray();
            Decision? decision = _decisions.LastOrDefault(candidate => candidate.Key.AsSpan().SequenceEqual(key));
            if (decision is null)
            {
                Differences.Add($"put {FlowPuts}: no upcall had this key");
                return;
            }

            if (!decision.Translation.InstallFlow)
                Differences.Add($"put {FlowPuts}: we would put no flow");
            Compare($"put {FlowPuts} mask", decision.Mask, flow.Mask.Of(message));
            CompareActions($"put {FlowPuts} actions", decision.Actions, flow.Actions.Of(message));
        }

        private void OnUpcall(byte[] message, PacketMessage packet)
        {
            byte[] attributes = packet.Key.Of(message).ToArray();
            OvsFlowKeyReader.TryRead(attributes, out FlowKey recorded).ShouldBe(OdpParseError.None);
            FlowKey key = recorded;
            if (recorded.RecircId != 0)
                key.RecircId = _idOfRecorded.GetValueOrDefault(recorded.RecircId, uint.MaxValue);

            FlowKey mask = default;
            var view = new UpcallView(key, attributes, packet.Packet.Of(message), packet.Origin, packet.Command, []);
            Odp.Translation translation = _translator.Translate(view, _buffer, ref mask);
            var writer = new NetlinkWriter(new byte[1024]);
            OvsFlowKeyWriter.WriteMask(recorded, mask, ref writer);
            _decisions.Add(new Decision(attributes, packet.Packet.Of(message).ToArray(), translation, _buffer[..translation.ActionsLength],
                writer.Written.ToArray()));
            if (translation.Error != XlateError.None)
                Differences.Add($"upcall {Upcalls}: {translation.Error}");
        }

        private void OnExecute(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> actions)
        {
            Executes++;
            byte[] bytes = packet.ToArray();
            Decision? decision =
                _decisions.FirstOrDefault(candidate => !candidate.Executed && candidate.Packet.AsSpan().SequenceEqual(bytes));
            if (decision is null)
            {
                Differences.Add($"execute {Executes}: no upcall had this packet");
                return;
            }

            decision.Executed = true;
            CompareActions($"execute {Executes}", decision.Actions, actions);
        }

        private void Compare(string what, ReadOnlySpan<byte> ours, ReadOnlySpan<byte> recorded)
        {
            if (!ours.SequenceEqual(recorded))
                Differences.Add($"{what}: {Convert.ToHexStringLower(ours)} instead of {Convert.ToHexStringLower(recorded)}");
        }

        /// <summary>Compares with the recorded ids put in the place of ours, which stay the same for as long as the state does.</summary>
        private void CompareActions(string what, ReadOnlySpan<byte> ours, ReadOnlySpan<byte> recorded)
        {
            byte[] mapped = ours.ToArray();
            var theirs = new NetlinkAttributes(recorded).GetEnumerator();
            foreach (NetlinkAttribute action in new NetlinkAttributes(ours))
            {
                if (!theirs.MoveNext() || action.Type != OvsActionAttribute.Recirc || theirs.Current.Type != OvsActionAttribute.Recirc)
                    continue;
                if (!_idOfRecorded.TryAdd(theirs.Current.U32, action.U32) && _idOfRecorded[theirs.Current.U32] != action.U32)
                    Differences.Add($"{what}: recirculation {theirs.Current.U32} was {_idOfRecorded[theirs.Current.U32]}, is {action.U32}");
                theirs.Current.Payload.CopyTo(mapped.AsSpan(action.PayloadOffset));
            }

            Compare(what, mapped, recorded);
        }
    }

    private sealed record Decision(byte[] Key, byte[] Packet, Odp.Translation Translation, byte[] Actions, byte[] Mask)
    {
        public bool Executed { get; set; }
    }
}
