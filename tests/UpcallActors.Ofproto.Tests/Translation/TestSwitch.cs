using UpcallActors.Linux;
using UpcallActors.Odp;
using UpcallActors.Odp.Text;
using UpcallActors.OpenFlow;
using UpcallActors.Packets;

namespace UpcallActors.Ofproto.Tests;

/// <summary>A bridge br0 with LOCAL (datapath port 100) and ports 1 to 3 (101 to 103), and one lane's translator.</summary>
internal sealed class TestSwitch
{
    private readonly byte[] _actions;

    public TestSwitch(string flows, FailMode failMode = FailMode.Secure, int room = 4096, MacLearningTable? macLearning = null,
        OdpSupport? support = null, TimeProvider? time = null, bool hasInBand = false, params BridgePort[] morePorts)
    {
        _actions = new byte[room];
        Tables = new FlowTables(time);
        if (failMode == FailMode.Standalone)
            Tables.WithNormal();
        Add(flows);
        BridgePort[] ports =
        [
            new(OpenFlowPorts.Local, 100, "br0"), new(1, 101, "p1"), new(2, 102, "p2"), new(3, 103, "p3"),
        ];
        Bridge = new Bridge("br0", failMode, Tables, ports.Where(port => morePorts.All(other => other.Number != port.Number))
            .Concat(morePorts), macLearning ?? new MacLearningTable(TimeProvider.System, 64, MacLearningTable.DefaultIdleTime))
        {
            HasInBand = hasInBand,
        };
        Factory = new OpenFlowTranslatorFactory([Bridge], support: support);
        Translator = Factory.Create(0);
    }

    public FlowTables Tables { get; }

    public Bridge Bridge { get; }

    public OpenFlowTranslatorFactory Factory { get; }

    public IUpcallTranslator Translator { get; }

    public void Add(string flows)
    {
        FlowFile file = FlowSyntax.ParseFile(flows);
        file.Errors.ShouldBeEmpty();
        Tables.Apply([.. file.Changes]);
    }

    public void AddGroups(params string[] groups)
    {
        using TableTransaction transaction = Tables.Begin(default);
        foreach (string group in groups)
            transaction.Make(GroupSyntax.Parse(group)).ShouldBeNull();
        transaction.Commit();
    }

    public Outcome Translate(FlowKey key, PacketCommand command = PacketCommand.Miss, ushort mru = 0, byte[]? cookie = null)
    {
        FlowKey mask = default;
        var upcall = new UpcallView(key, [], new byte[64], new PacketOrigin(mru, 0, 0), command, cookie);
        Odp.Translation translation = Translator.Translate(upcall, _actions, ref mask);
        byte[] actions = _actions[..translation.ActionsLength];
        OvsActionList.Check(actions).ShouldBe(OdpParseError.None);
        return new Outcome(translation, actions, mask);
    }

    public Outcome Retranslate(FlowKey key, FlowCredit credit)
    {
        FlowKey mask = default;
        Odp.Translation translation = Translator.Retranslate(key, credit, _actions, ref mask);
        byte[] actions = _actions[..translation.ActionsLength];
        OvsActionList.Check(actions).ShouldBe(OdpParseError.None);
        return new Outcome(translation, actions, mask);
    }

    /// <summary>What the translator decided.</summary>
    internal sealed record Outcome(Odp.Translation Translation, byte[] Actions, FlowKey Mask)
    {
        /// <summary>The actions in <c>ovs-dpctl</c>'s syntax.</summary>
        public string Text => ActionText.Format(Actions, null);

        /// <summary>The ids of RECIRC actions.</summary>
        public uint[] Recirculations => NumbersOf(OvsActionAttribute.Recirc);

        /// <summary>The datapath ports of OUTPUT actions.</summary>
        public uint[] Outputs => NumbersOf(OvsActionAttribute.Output);

        private uint[] NumbersOf(ushort type)
        {
            var numbers = new List<uint>();
            foreach (NetlinkAttribute action in new NetlinkAttributes(Actions))
            {
                if (action.Type == type)
                    numbers.Add(action.U32);
            }

            return [.. numbers];
        }
    }
}
