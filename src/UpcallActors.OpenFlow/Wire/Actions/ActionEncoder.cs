namespace UpcallActors.OpenFlow;

/// <summary>Actions to bytes, each in the layout that Open vSwitch writes for it in a version (<c>encode_ofpact</c>).</summary>
internal static class ActionEncoder
{
    private const int LengthOffset = 2;
    private const int WideOutputPadding = 6;
    private const ushort GroupType = 22;
    private const ushort MeterType = 29;

    /// <summary>Appends an action.</summary>
    public static void Encode(in ActionWriting writing, WireWriter writer, OpenFlowAction action)
    {
        switch (action)
        {
            case OutputAction { MaximumLength: > 0 } cut:
                Output(writer, cut);
                break;
            case OutputAction output:
                Output(writing, writer, output.Port, output.SaidLength);
                break;
            case OutputFieldAction output:
                Output(writer, output);
                break;
            case ControllerAction controller:
                Controller(writing, writer, controller);
                break;
            case ResubmitAction resubmit:
                Resubmit(writer, resubmit);
                break;
            case GotoTableAction next:
                Resubmit(writer, new ResubmitAction(port: null, next.Table, withConnection: false));
                break;
            case SetFieldAction set:
                FieldActionsEncoder.Set(writing, writer, set);
                break;
            case MoveAction move:
                FieldActionsEncoder.Move(writing, writer, move);
                break;
            case ModifyAction modify:
                HeaderActionsEncoder.Modify(writing, writer, modify);
                break;
            case ModifyPortAction port:
                HeaderActionsEncoder.ModifyPort(writing, writer, port);
                break;
            case ModifyVlanAction vlan:
                HeaderActionsEncoder.ModifyVlan(writing, writer, vlan);
                break;
            case DecrementTtlAction decrement:
                HeaderActionsEncoder.DecrementTtl(writing, writer, decrement);
                break;
            case PushVlanAction push when writing.Version > OpenFlowVersion.V10:
                HeaderActionsEncoder.PushVlan(writer, push.Tpid);
                break;
            case StripVlanAction:
                HeaderActionsEncoder.StripVlan(writing, writer);
                break;
            case SetTunnelAction tunnel:
                HeaderActionsEncoder.SetTunnel(writing, writer, tunnel);
                break;
            case ConntrackAction conntrack:
                ConntrackActionsEncoder.Conntrack(writing, writer, conntrack);
                break;
            case ConntrackClearAction:
                End(writer, StartExperimenter(writer, "NXAST_CT_CLEAR"));
                break;
            case CloneAction clone:
                ConntrackActionsEncoder.Clone(writing, writer, clone);
                break;
            case GroupAction group:
                Number(writer, writing.Version == OpenFlowVersion.V10 ? GroupOf10(writer) : Start(writer, GroupType), group.Group);
                break;
            // Before 1.5 it is an instruction, and before 1.3 there is none.
            case MeterAction meter when writing.Version == OpenFlowVersion.V15:
                Number(writer, Start(writer, MeterType), meter.Meter);
                break;
        }
    }

    /// <summary>Begins an action of OpenFlow's own.</summary>
    /// <returns>Where it begins.</returns>
    internal static int Start(WireWriter writer, ushort type)
    {
        int start = writer.Length;
        writer.U16(type);
        writer.U16(0);
        return start;
    }

    /// <summary>Begins an action of Nicira's.</summary>
    internal static int StartExperimenter(WireWriter writer, string name) => StartExperimenter(writer, ActionForms.NumberOf(name));

    /// <summary>Begins an action of Nicira's.</summary>
    internal static int StartExperimenter(WireWriter writer, ushort number)
    {
        int start = Start(writer, ActionForm.ExperimenterType);
        writer.U32(Experimenters.Nicira);
        writer.U16(number);
        return start;
    }

    /// <summary>Pads an action and says its length.</summary>
    internal static void End(WireWriter writer, int start)
    {
        writer.Pad8(start);
        writer.PatchLength(start + LengthOffset, start);
    }

    private static void Output(in ActionWriting writing, WireWriter writer, uint port, ushort length)
    {
        int start = Start(writer, 0);
        if (writing.Version == OpenFlowVersion.V10)
        {
            writer.U16((ushort)port);
            writer.U16(length);
        }
        else
        {
            writer.U32(WirePorts.Widen(port));
            writer.U16(length);
            writer.Zero(WideOutputPadding);
        }

        End(writer, start);
    }

    private static void Output(WireWriter writer, OutputAction cut)
    {
        int start = StartExperimenter(writer, "NXAST_OUTPUT_TRUNC");
        writer.U16((ushort)cut.Port);
        writer.U32(cut.MaximumLength);
        End(writer, start);
    }

    private static void Output(WireWriter writer, OutputFieldAction output)
    {
        FieldHeader? header = WireFields.HeaderOf(output.Source.Field, version: null);
        bool isShort = header is { Experimenter: 0 } && !output.IsSecondForm;
        int start = StartExperimenter(writer, isShort ? "NXAST_OUTPUT_REG" : "NXAST_OUTPUT_REG2");
        writer.U16(OutputActionsDecoder.EncodeBits(output.Source));
        if (!isShort)
            writer.U16(output.MaximumLength);
        FieldEntry.PutHeader(writer, output.Source.Field, version: null);
        if (isShort)
        {
            writer.U16(output.MaximumLength);
            writer.Zero(6);
        }

        End(writer, start);
    }

    private static void Controller(in ActionWriting writing, WireWriter writer, ControllerAction controller)
    {
        ControllerRequest request = controller.Request;
        bool isPlain = request.Reason == ControllerReason.Action && request.ControllerId == 0;
        if (controller.UserData.IsEmpty && isPlain && !controller.IsExtension)
        {
            Output(writing, writer, OpenFlowPorts.Controller, request.MaximumLength);
            return;
        }

        if (controller is { UserData.IsEmpty: true, Pauses: false, Meter: 0 })
        {
            int shortStart = StartExperimenter(writer, "NXAST_CONTROLLER");
            writer.U16(request.MaximumLength);
            writer.U16(request.ControllerId);
            writer.U8((byte)request.Reason);
            End(writer, shortStart);
            return;
        }

        int start = StartExperimenter(writer, "NXAST_CONTROLLER2");
        writer.Zero(6);
        if (request.MaximumLength != ushort.MaxValue)
            WireProperty.Put16(writer, OutputActionsDecoder.MaximumLengthProperty, request.MaximumLength);
        if (request.ControllerId != 0)
            WireProperty.Put16(writer, OutputActionsDecoder.ControllerIdProperty, request.ControllerId);
        if (request.Reason != ControllerReason.Action)
            WireProperty.Put8(writer, OutputActionsDecoder.ReasonProperty, (byte)request.Reason);
        if (!controller.UserData.IsEmpty)
            WireProperty.PutBytes(writer, OutputActionsDecoder.UserDataProperty, controller.UserData.AsSpan());
        if (controller.Pauses)
            WireProperty.PutBytes(writer, OutputActionsDecoder.PauseProperty, []);
        if (controller.Meter != 0)
            WireProperty.Put32(writer, OutputActionsDecoder.MeterProperty, controller.Meter);
        End(writer, start);
    }

    private static int GroupOf10(WireWriter writer)
    {
        int start = StartExperimenter(writer, "NXAST_GROUP");
        writer.Zero(sizeof(ushort));
        return start;
    }

    private static void Number(WireWriter writer, int start, uint number)
    {
        writer.U32(number);
        End(writer, start);
    }

    private static void Resubmit(WireWriter writer, ResubmitAction resubmit)
    {
        bool isPlain = resubmit is { Table: null, WithConnection: false };
        int start = StartExperimenter(
            writer, isPlain ? "NXAST_RESUBMIT" : resubmit.WithConnection ? "NXAST_RESUBMIT_TABLE_CT" : "NXAST_RESUBMIT_TABLE");
        writer.U16((ushort)(resubmit.Port ?? OpenFlowPorts.InPort));
        if (!isPlain)
            writer.U8(resubmit.Table ?? OutputActionsDecoder.CurrentTable);
        End(writer, start);
    }
}
