"""aws-load-balancer-controller: ALBs and NLBs for ingresses and services, from a mirrored image."""

from __future__ import annotations

from eksclave.catalog.addons.facts import AddonFacts, AddonPort, Need, Permission
from eksclave.catalog.features import Feature
from eksclave.net import PortRange

_TAG = "elbv2.k8s.aws/cluster"
_REQUESTED = {"Null": {f"aws:RequestTag/{_TAG}": "false"}}
_OWNED = {"Null": {f"aws:ResourceTag/{_TAG}": "false"}}
_RETAGGED = {"Null": {f"aws:RequestTag/{_TAG}": "true", f"aws:ResourceTag/{_TAG}": "false"}}
_ELB = "arn:{partition}:elasticloadbalancing:{region}:{account}"
_LOAD_BALANCERS = (f"{_ELB}:loadbalancer/app/*/*", f"{_ELB}:loadbalancer/net/*/*", f"{_ELB}:targetgroup/*/*")
_GROUPS = ("arn:{partition}:ec2:{region}:{account}:security-group/*",)
_READ_EC2 = (
    *("AccountAttributes", "Addresses", "AvailabilityZones", "Instances", "InternetGateways", "NetworkInterfaces"),
    *("RouteTables", "SecurityGroups", "Subnets", "Tags", "VpcPeeringConnections", "Vpcs"),
)
_READ_ELB = (
    *("CapacityReservation", "ListenerAttributes", "ListenerCertificates", "Listeners", "LoadBalancerAttributes"),
    *("LoadBalancers", "Rules", "SSLPolicies", "Tags", "TargetGroupAttributes", "TargetGroups", "TargetHealth"),
    "TrustStores",
)

ADDON = AddonFacts(
    name="aws-load-balancer-controller",
    kind="controller",
    summary="internal load balancers for ingresses and services",
    source="aws-load-balancer-controller docs/install/iam_policy.json and docs/deploy/installation.md, chart 3.5.0",
    images=("public.ecr.aws/eks/aws-load-balancer-controller:v3.5.0",),
    endpoints=(
        Need("elasticloadbalancing", "it makes load balancers, listeners and target groups", ("N9",)),
        Need("ec2", "it finds subnets and writes security group rules", ("N1",)),
    ),
    ports=(AddonPort(PortRange.of(9443), "control-plane", "the API server calls its webhooks", "C5"),),
    service_account="aws-load-balancer-controller",
    permissions=(
        Permission(
            "Read",
            (
                *(f"ec2:Describe{noun}" for noun in _READ_EC2),
                "ec2:GetSecurityGroupsForVpc",
                *(f"elasticloadbalancing:Describe{noun}" for noun in _READ_ELB),
            ),
        ),
        Permission(
            "ServiceLinkedRole",
            ("iam:CreateServiceLinkedRole",),
            conditions={"StringEquals": {"iam:AWSServiceName": "elasticloadbalancing.amazonaws.com"}},
        ),
        Permission(
            "RulesOfNodeGroups",
            ("ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"),
            _GROUPS,
            {"StringEquals": {"aws:ResourceTag/kubernetes.io/cluster/{cluster}": "owned"}},
        ),
        Permission(
            "MakeGroups",
            ("ec2:CreateSecurityGroup",),
            (*_GROUPS, "arn:{partition}:ec2:{region}:{account}:vpc/*"),
        ),
        Permission(
            "TagNewGroups",
            ("ec2:CreateTags",),
            _GROUPS,
            {"StringEquals": {"ec2:CreateAction": "CreateSecurityGroup"}, **_REQUESTED},
        ),
        Permission("TagOwnGroups", ("ec2:CreateTags", "ec2:DeleteTags"), _GROUPS, _RETAGGED),
        Permission(
            "OwnGroups",
            (
                "ec2:AuthorizeSecurityGroupIngress",
                "ec2:DeleteSecurityGroup",
                "ec2:RevokeSecurityGroupIngress",
            ),
            _GROUPS,
            _OWNED,
        ),
        Permission(
            "MakeLoadBalancers",
            ("elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup"),
            _LOAD_BALANCERS,
            _REQUESTED,
        ),
        Permission(
            "TagNewLoadBalancers",
            ("elasticloadbalancing:AddTags",),
            _LOAD_BALANCERS,
            {
                "StringEquals": {"elasticloadbalancing:CreateAction": ("CreateLoadBalancer", "CreateTargetGroup")},
                **_REQUESTED,
            },
        ),
        Permission(
            "TagOwnLoadBalancers",
            ("elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"),
            _LOAD_BALANCERS,
            _RETAGGED,
        ),
        Permission(
            "Listeners",
            (
                "elasticloadbalancing:AddListenerCertificates",
                "elasticloadbalancing:AddTags",
                "elasticloadbalancing:CreateListener",
                "elasticloadbalancing:CreateRule",
                "elasticloadbalancing:DeleteListener",
                "elasticloadbalancing:DeleteRule",
                "elasticloadbalancing:ModifyListener",
                "elasticloadbalancing:ModifyRule",
                "elasticloadbalancing:RemoveListenerCertificates",
                "elasticloadbalancing:RemoveTags",
                "elasticloadbalancing:SetRulePriorities",
            ),
            (
                f"{_ELB}:listener-rule/app/*/*/*",
                f"{_ELB}:listener-rule/net/*/*/*",
                f"{_ELB}:listener/app/*/*/*",
                f"{_ELB}:listener/net/*/*/*",
                *_LOAD_BALANCERS[:2],
            ),
        ),
        Permission(
            "OwnLoadBalancers",
            (
                "elasticloadbalancing:DeleteLoadBalancer",
                "elasticloadbalancing:DeleteTargetGroup",
                "elasticloadbalancing:ModifyCapacityReservation",
                "elasticloadbalancing:ModifyIpPools",
                "elasticloadbalancing:ModifyListenerAttributes",
                "elasticloadbalancing:ModifyLoadBalancerAttributes",
                "elasticloadbalancing:ModifyTargetGroup",
                "elasticloadbalancing:ModifyTargetGroupAttributes",
                "elasticloadbalancing:SetIpAddressType",
                "elasticloadbalancing:SetSecurityGroups",
                "elasticloadbalancing:SetSubnets",
            ),
            conditions=_OWNED,
        ),
        Permission(
            "Targets",
            ("elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"),
            (f"{_ELB}:targetgroup/*/*",),
        ),
    ),
    arguments=(
        "--cluster-name={cluster}",
        "--ingress-class=alb",
        "--aws-region={region}",
        "--aws-vpc-id={vpc}",
        "--enable-shield=false",
        "--enable-waf=false",
        "--enable-wafv2=false",
        "--default-target-type=ip",
        "--default-load-balancer-scheme=internal",
        "--feature-gates=ALBGatewayAPI=false,NLBGatewayAPI=false,GlobalAcceleratorController=false",
    ),
    needs_addons=("cert-manager",),
    in_auto_mode=False,
    caveat="Region and VPC are given, so hop limit 1 is enough; certificates are named, because ACM cannot be asked",
    features=(Feature.LOAD_BALANCER_CONTROLLER,),
)
