# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Icons for AWS in TMI's web editor: type and subcategory -> names, of which each appears once."""

from __future__ import annotations

NAMES = {
    "categories/categories": """
analytics application-integration artificial-intelligence blockchain business-applications
cloud-financial-management compute containers customer-enablement customer-experience databases
developer-tools end-user-computing front-end-web-mobile games internet-of-things management-tools
media-services migration-modernization multicloud-and-hybrid networking-content-delivery quantum-technologies
satellite security-identity serverless storage
""",
    "groups/groups": """
auto-scaling-group aws-account aws-cloud aws-cloud-32-dark aws-cloud-logo aws-cloud-logo-32-dark
aws-iot-greengrass-deployment corporate-data-center ec2-instance-contents private-subnet public-subnet region
server-contents spot-fleet virtual-private-cloud-vpc
""",
    "resources/analytics": """
amazon-athena-data-source-connectors amazon-cloudsearch-search-documents amazon-datazone-business-data-catalog
amazon-datazone-data-portal amazon-datazone-data-projects amazon-emr-cluster amazon-emr-emr-engine
amazon-emr-hdfs-cluster amazon-msk-amazon-msk-connect amazon-opensearch-service-cluster-administrator-node
amazon-opensearch-service-data-node amazon-opensearch-service-index amazon-opensearch-service-observability
amazon-opensearch-service-opensearch-dashboards amazon-opensearch-service-opensearch-ingestion
amazon-opensearch-service-traces amazon-opensearch-service-ultrawarm-node amazon-redshift-auto-copy
amazon-redshift-data-sharing-governance amazon-redshift-dense-compute-node amazon-redshift-dense-storage-node
amazon-redshift-ml amazon-redshift-query-editor-v2.0 amazon-redshift-ra3 amazon-redshift-streaming-ingestion
aws-data-exchange-for-apis aws-glue-aws-glue-for-ray aws-glue-crawler aws-glue-data-catalog
aws-glue-data-quality aws-lake-formation-data-lake
""",
    "resources/application-integration": """
amazon-eventbridge-custom-event-bus amazon-eventbridge-default-event-bus amazon-eventbridge-event
amazon-eventbridge-pipes amazon-eventbridge-rule amazon-eventbridge-saas-partner-event
amazon-eventbridge-scheduler amazon-eventbridge-schema amazon-eventbridge-schema-registry amazon-mq-broker
amazon-simple-notification-service-email-notification amazon-simple-notification-service-http-notification
amazon-simple-notification-service-topic amazon-simple-queue-service-message amazon-simple-queue-service-queue
""",
    "resources/artificial-intelligence": """
amazon-devops-guru-insights amazon-rekognition-image amazon-rekognition-video amazon-sagemaker-ai-canvas
amazon-sagemaker-ai-geospatial-ml amazon-sagemaker-ai-model amazon-sagemaker-ai-notebook
amazon-sagemaker-ai-shadow-testing amazon-sagemaker-ai-train amazon-textract-analyze-lending
""",
    "resources/blockchain": "amazon-managed-blockchain-blockchain",
    "resources/business-applications": "amazon-pinpoint-journey amazon-simple-email-service-email",
    "resources/compute": """
amazon-ec2-ami amazon-ec2-auto-scaling amazon-ec2-aws-microservice-extractor-for-.net amazon-ec2-db-instance
amazon-ec2-elastic-ip-address amazon-ec2-instance amazon-ec2-instance-with-cloudwatch amazon-ec2-instances
amazon-ec2-rescue amazon-ec2-spot-instance aws-elastic-beanstalk-application aws-elastic-beanstalk-deployment
aws-lambda-lambda-function
""",
    "resources/containers": """
amazon-elastic-container-registry-image amazon-elastic-container-registry-registry
amazon-elastic-container-service-container-1 amazon-elastic-container-service-container-2
amazon-elastic-container-service-container-3 amazon-elastic-container-service-copiiot-cli
amazon-elastic-container-service-ecs-service-connect amazon-elastic-container-service-service
amazon-elastic-container-service-task amazon-elastic-kubernetes-service-eks-on-outposts
""",
    "resources/databases": """
amazon-aurora-amazon-aurora-instance-alternate amazon-aurora-amazon-rds-instance
amazon-aurora-amazon-rds-instance-alternate amazon-aurora-instance amazon-aurora-mariadb-instance
amazon-aurora-mariadb-instance-alternate amazon-aurora-mysql-instance amazon-aurora-mysql-instance-alternate
amazon-aurora-oracle-instance amazon-aurora-oracle-instance-alternate amazon-aurora-piops-instance
amazon-aurora-postgresql-instance amazon-aurora-postgresql-instance-alternate
amazon-aurora-sql-server-instance amazon-aurora-sql-server-instance-alternate
amazon-aurora-trusted-language-extensions-for-postgresql amazon-documentdb-elastic-clusters
amazon-dynamodb-amazon-dynamodb-accelerator amazon-dynamodb-attribute amazon-dynamodb-attributes
amazon-dynamodb-global-secondary-index amazon-dynamodb-item amazon-dynamodb-items
amazon-dynamodb-standard-access-table-class amazon-dynamodb-standard-infrequent-access-table-class
amazon-dynamodb-stream amazon-dynamodb-table amazon-elasticache-cache-node
amazon-elasticache-elasticache-for-memcached amazon-elasticache-elasticache-for-redis
amazon-elasticache-elasticache-for-valkey amazon-rds-blue-green-deployments amazon-rds-multi-az
amazon-rds-multi-az-db-cluster amazon-rds-optimized-writes amazon-rds-proxy-instance
amazon-rds-proxy-instance-alternate amazon-rds-trusted-language-extensions-for-postgresql
aws-database-migration-service-database-migration-workflow-or-job
""",
    "resources/developer-tools": "aws-cloud9-cloud9",
    "resources/front-end-web-mobile": """
amazon-location-service-geofence amazon-location-service-map amazon-location-service-place
amazon-location-service-routes amazon-location-service-track aws-amplify-aws-amplify-studio
""",
    "resources/general-icons": """
alert-dark alert-light authenticated-user-dark authenticated-user-light aws-management-console-dark
aws-management-console-light camera-dark camera-light chat-dark chat-light client-dark client-light
cold-storage-dark cold-storage-light credentials-dark credentials-light data-stream-dark data-stream-light
data-table-dark data-table-light database-dark database-light disk-dark disk-light document-dark
document-light documents-dark documents-light email-dark email-light firewall-dark firewall-light folder-dark
folder-light folders-dark folders-light forums-dark forums-light gear-dark gear-light generic-application-dark
generic-application-light git-repository-dark git-repository-light globe-dark globe-light internet-alt1-dark
internet-alt1-light internet-alt2-dark internet-alt2-light internet-dark internet-light json-script-dark
json-script-light logs-dark logs-light magnifying-glass-dark magnifying-glass-light metrics-dark metrics-light
mobile-client-dark mobile-client-light multimedia-dark multimedia-light office-building-dark
office-building-light programming-language-dark programming-language-light question-dark question-light
recover-dark recover-light saml-token-dark saml-token-light sdk-dark sdk-light server-dark server-light
servers-dark servers-light shield-dark shield-light source-code-dark source-code-light ssl-padlock-dark
ssl-padlock-light tape-storage-dark tape-storage-light toolkit-dark toolkit-light user-dark user-light
users-dark users-light
""",
    "resources/iot": """
aws-iot-action aws-iot-actuator aws-iot-alexa-enabled-device aws-iot-alexa-skill aws-iot-alexa-voice-service
aws-iot-certificate aws-iot-core-device-advisor aws-iot-core-device-location aws-iot-desired-state
aws-iot-device-defender-iot-device-jobs aws-iot-device-gateway aws-iot-device-management-fleet-hub
aws-iot-device-tester aws-iot-echo aws-iot-fire-tv aws-iot-fire-tv-stick aws-iot-greengrass-artifact
aws-iot-greengrass-component aws-iot-greengrass-component-machine-learning
aws-iot-greengrass-component-nucleus aws-iot-greengrass-component-private aws-iot-greengrass-component-public
aws-iot-greengrass-connector aws-iot-greengrass-interprocess-communication aws-iot-greengrass-protocol
aws-iot-greengrass-recipe aws-iot-greengrass-stream-manager aws-iot-hardware-board aws-iot-http-protocol
aws-iot-http2-protocol aws-iot-lambda-function aws-iot-lorawan-protocol aws-iot-mqtt-protocol
aws-iot-over-air-update aws-iot-policy aws-iot-reported-state aws-iot-rule aws-iot-sailboat aws-iot-sensor
aws-iot-servo aws-iot-shadow aws-iot-simulator aws-iot-sitewise-asset aws-iot-sitewise-asset-hierarchy
aws-iot-sitewise-asset-model aws-iot-sitewise-asset-properties aws-iot-sitewise-data-streams
aws-iot-thing-bank aws-iot-thing-bicycle aws-iot-thing-camera aws-iot-thing-car aws-iot-thing-cart
aws-iot-thing-coffee-pot aws-iot-thing-door-lock aws-iot-thing-factory aws-iot-thing-freertos-device
aws-iot-thing-generic aws-iot-thing-house aws-iot-thing-humidity-sensor aws-iot-thing-industrial-pc
aws-iot-thing-lightbulb aws-iot-thing-medical-emergency aws-iot-thing-plc aws-iot-thing-police-emergency
aws-iot-thing-relay aws-iot-thing-stacklight aws-iot-thing-temperature-humidity-sensor
aws-iot-thing-temperature-sensor aws-iot-thing-temperature-vibration-sensor aws-iot-thing-thermostat
aws-iot-thing-travel aws-iot-thing-utility aws-iot-thing-vibration-sensor aws-iot-thing-windfarm aws-iot-topic
""",
    "resources/management-governance": """
amazon-cloudwatch-alarm amazon-cloudwatch-cross-account-observability amazon-cloudwatch-data-protection
amazon-cloudwatch-event-event-based amazon-cloudwatch-event-time-based amazon-cloudwatch-evidently
amazon-cloudwatch-logs amazon-cloudwatch-metrics-insights amazon-cloudwatch-rule amazon-cloudwatch-rum
amazon-cloudwatch-synthetics aws-cloudformation-change-set aws-cloudformation-stack
aws-cloudformation-template aws-cloudtrail-cloudtrail-lake aws-license-manager-application-discovery
aws-license-manager-license-blending aws-organizations-account aws-organizations-management-account
aws-organizations-organizational-unit aws-systems-manager-application-manager aws-systems-manager-automation
aws-systems-manager-change-calendar aws-systems-manager-change-manager aws-systems-manager-compliance
aws-systems-manager-distributor aws-systems-manager-documents aws-systems-manager-incident-manager
aws-systems-manager-inventory aws-systems-manager-maintenance-windows aws-systems-manager-opscenter
aws-systems-manager-parameter-store aws-systems-manager-patch-manager aws-systems-manager-run-command
aws-systems-manager-session-manager aws-systems-manager-state-manager aws-trusted-advisor-checklist
aws-trusted-advisor-checklist-cost aws-trusted-advisor-checklist-fault-tolerant
aws-trusted-advisor-checklist-performance aws-trusted-advisor-checklist-security
""",
    "resources/media-services": "aws-cloud-digital-interface aws-elemental-mediaconnect-mediaconnect-gateway",
    "resources/migration-modernization": """
aws-application-discovery-service-aws-agentless-collector
aws-application-discovery-service-aws-discovery-agent
aws-application-discovery-service-migration-evaluator-collector aws-datasync-agent aws-datasync-discovery
aws-mainframe-modernization-analyzer aws-mainframe-modernization-compiler
aws-mainframe-modernization-converter aws-mainframe-modernization-developer
aws-mainframe-modernization-runtime aws-migration-hub-refactor-spaces-applications
aws-migration-hub-refactor-spaces-environments aws-migration-hub-refactor-spaces-services
aws-transfer-family-aws-as2 aws-transfer-family-aws-ftp aws-transfer-family-aws-ftps
aws-transfer-family-aws-sftp
""",
    "resources/networking-content-delivery": """
amazon-api-gateway-endpoint amazon-cloudfront-download-distribution amazon-cloudfront-edge-location
amazon-cloudfront-functions amazon-cloudfront-streaming-distribution amazon-route-53-hosted-zone
amazon-route-53-readiness-checks amazon-route-53-resolver amazon-route-53-resolver-dns-firewall
amazon-route-53-resolver-query-logging amazon-route-53-route-table amazon-route-53-routing-controls
amazon-vpc-carrier-gateway amazon-vpc-customer-gateway amazon-vpc-elastic-network-adapter
amazon-vpc-elastic-network-interface amazon-vpc-endpoints amazon-vpc-flow-logs amazon-vpc-internet-gateway
amazon-vpc-nat-gateway amazon-vpc-network-access-analyzer amazon-vpc-network-access-control-list
amazon-vpc-peering-connection amazon-vpc-reachability-analyzer amazon-vpc-router amazon-vpc-traffic-mirroring
amazon-vpc-virtual-private-cloud-vpc amazon-vpc-vpn-connection amazon-vpc-vpn-gateway aws-app-mesh-mesh
aws-app-mesh-virtual-gateway aws-app-mesh-virtual-node aws-app-mesh-virtual-router
aws-app-mesh-virtual-service aws-cloud-map-namespace aws-cloud-map-resource aws-cloud-map-service
aws-cloud-wan-core-network-edge aws-cloud-wan-segment-network
aws-cloud-wan-transit-gateway-route-table-attachment aws-direct-connect-gateway aws-transit-gateway-attachment
elastic-load-balancing-application-load-balancer elastic-load-balancing-classic-load-balancer
elastic-load-balancing-gateway-load-balancer elastic-load-balancing-network-load-balancer
""",
    "resources/quantum-technologies": """
amazon-braket-chandelier amazon-braket-chip amazon-braket-embedded-simulator amazon-braket-managed-simulator
amazon-braket-noise-simulator amazon-braket-qpu amazon-braket-simulator amazon-braket-simulator-1
amazon-braket-simulator-2 amazon-braket-simulator-3 amazon-braket-simulator-4 amazon-braket-state-vector
amazon-braket-tensor-network
""",
    "resources/security-identity": """
amazon-inspector-agent aws-certificate-manager-certificate-authority aws-directory-service-ad-connector
aws-directory-service-aws-managed-microsoft-ad aws-directory-service-simple-ad
aws-identity-access-management-add-on aws-identity-access-management-aws-sts
aws-identity-access-management-aws-sts-alternate aws-identity-access-management-data-encryption-key
aws-identity-access-management-encrypted-data aws-identity-access-management-iam-access-analyzer
aws-identity-access-management-iam-roles-anywhere aws-identity-access-management-long-term-security-credential
aws-identity-access-management-mfa-token aws-identity-access-management-permissions
aws-identity-access-management-role aws-identity-access-management-temporary-security-credential
aws-key-management-service-external-key-store aws-network-firewall-endpoints aws-security-hub-finding
aws-shield-aws-shield-advanced aws-waf-bad-bot aws-waf-bot aws-waf-bot-control aws-waf-filtering-rule
aws-waf-labels aws-waf-managed-rule aws-waf-rule
""",
    "resources/storage": """
amazon-elastic-block-store-amazon-data-lifecycle-manager amazon-elastic-block-store-multiple-volumes
amazon-elastic-block-store-snapshot amazon-elastic-block-store-volume amazon-elastic-block-store-volume-gp3
amazon-elastic-file-system-efs-intelligent-tiering amazon-elastic-file-system-efs-one-zone
amazon-elastic-file-system-efs-one-zone-infrequent-access amazon-elastic-file-system-efs-standard
amazon-elastic-file-system-efs-standard-infrequent-access amazon-elastic-file-system-elastic-throughput
amazon-elastic-file-system-file-system amazon-file-cache-hybrid-nfs-linked-datasets
amazon-file-cache-on-premises-nfs-linked-datasets amazon-file-cache-s3-linked-datasets
amazon-simple-storage-service-bucket amazon-simple-storage-service-bucket-with-objects
amazon-simple-storage-service-directory-bucket amazon-simple-storage-service-general-access-points
amazon-simple-storage-service-glacier-archive amazon-simple-storage-service-glacier-vault
amazon-simple-storage-service-object amazon-simple-storage-service-s3-batch-operations
amazon-simple-storage-service-s3-express-one-zone amazon-simple-storage-service-s3-glacier-deep-archive
amazon-simple-storage-service-s3-glacier-flexible-retrieval
amazon-simple-storage-service-s3-glacier-instant-retrieval
amazon-simple-storage-service-s3-intelligent-tiering
amazon-simple-storage-service-s3-multi-region-access-points amazon-simple-storage-service-s3-object-lambda
amazon-simple-storage-service-s3-object-lambda-access-points amazon-simple-storage-service-s3-object-lock
amazon-simple-storage-service-s3-on-outposts amazon-simple-storage-service-s3-one-zone-ia
amazon-simple-storage-service-s3-replication amazon-simple-storage-service-s3-replication-time-control
amazon-simple-storage-service-s3-select amazon-simple-storage-service-s3-standard
amazon-simple-storage-service-s3-standard-ia amazon-simple-storage-service-s3-storage-lens
amazon-simple-storage-service-s3-tables amazon-simple-storage-service-s3-vectors
amazon-simple-storage-service-vpc-access-points aws-backup-audit-manager
aws-backup-aws-backup-for-aws-cloudformation aws-backup-aws-backup-support-for-amazon-fsx-for-netapp-ontap
aws-backup-aws-backup-support-for-amazon-s3 aws-backup-aws-backup-support-for-vmware-workloads
aws-backup-backup-plan aws-backup-backup-restore aws-backup-backup-vault aws-backup-compliance-reporting
aws-backup-compute aws-backup-database aws-backup-gateway aws-backup-legal-hold
aws-backup-recovery-point-objective aws-backup-recovery-time-objective aws-backup-storage
aws-backup-vault-lock aws-backup-virtual-machine aws-backup-virtual-machine-monitor
aws-snowball-snowball-import-export aws-storage-gateway-amazon-fsx-file-gateway
aws-storage-gateway-amazon-s3-file-gateway aws-storage-gateway-cached-volume aws-storage-gateway-file-gateway
aws-storage-gateway-noncached-volume aws-storage-gateway-tape-gateway aws-storage-gateway-virtual-tape-library
aws-storage-gateway-volume-gateway
""",
    "services/analytics": """
amazon-athena amazon-cloudsearch amazon-data-firehose amazon-datazone amazon-emr amazon-finspace
amazon-kinesis amazon-kinesis-data-streams amazon-kinesis-video-streams
amazon-managed-service-for-apache-flink amazon-managed-streaming-for-apache-kafka amazon-opensearch-service
amazon-redshift amazon-sagemaker aws-clean-rooms aws-data-exchange aws-entity-resolution aws-glue
aws-glue-databrew aws-lake-formation
""",
    "services/application-integration": """
amazon-appflow amazon-eventbridge amazon-managed-workflows-for-apache-airflow amazon-mq
amazon-simple-notification-service amazon-simple-queue-service aws-appsync aws-b2b-data-interchange
aws-express-workflows aws-step-functions
""",
    "services/artificial-intelligence": """
amazon-augmented-ai-a2i amazon-bedrock amazon-bedrock-agentcore amazon-codeguru amazon-codewhisperer
amazon-comprehend amazon-comprehend-medical amazon-devops-guru amazon-elastic-inference amazon-forecast
amazon-fraud-detector amazon-kendra amazon-lex amazon-lookout-for-equipment amazon-lookout-for-vision
amazon-monitron amazon-nova amazon-personalize amazon-polly amazon-q amazon-rekognition amazon-sagemaker-ai
amazon-sagemaker-ground-truth amazon-sagemaker-studio-lab amazon-textract amazon-transcribe amazon-translate
apache-mxnet-on-aws aws-app-studio aws-deep-learning-amis aws-deep-learning-containers aws-deepracer
aws-healthimaging aws-healthlake aws-healthomics aws-healthscribe aws-neuron aws-panorama pytorch-on-aws
tensorflow-on-aws
""",
    "services/blockchain": "amazon-managed-blockchain",
    "services/business-applications": """
amazon-chime amazon-chime-sdk amazon-connect amazon-pinpoint amazon-pinpoint-apis amazon-quick-suite
amazon-simple-email-service amazon-workdocs amazon-workdocs-sdk amazon-workmail aws-appfabric
aws-end-user-messaging aws-supply-chain aws-wickr
""",
    "services/cloud-financial-management": """
aws-billing-conductor aws-budgets aws-cost-and-usage-report aws-cost-explorer reserved-instance-reporting
savings-plans
""",
    "services/compute": """
amazon-dcv amazon-ec2 amazon-ec2-image-builder amazon-elastic-vmware-service amazon-lightsail
amazon-lightsail-for-research aws-app-runner aws-batch aws-compute-optimizer aws-elastic-beanstalk aws-lambda
aws-local-zones aws-nitro-enclaves aws-outposts-family aws-outposts-rack aws-outposts-servers
aws-parallel-cluster aws-parallel-computing-service aws-serverless-application-repository aws-simspace-weaver
aws-wavelength bottlerocket elastic-fabric-adapter
""",
    "services/containers": """
amazon-ecs-anywhere amazon-eks-anywhere amazon-eks-distro amazon-elastic-container-registry
amazon-elastic-container-service amazon-elastic-kubernetes-service aws-fargate
red-hat-openshift-service-on-aws
""",
    "services/customer-enablement": """
aws-activate aws-iq aws-managed-services aws-professional-services aws-repost aws-repost-private aws-support
aws-training-certification
""",
    "services/databases": """
amazon-aurora amazon-documentdb amazon-dynamodb amazon-elasticache amazon-keyspaces amazon-memorydb
amazon-neptune amazon-rds amazon-timestream aws-database-migration-service oracle-database-at-aws
""",
    "services/developer-tools": """
amazon-codecatalyst amazon-corretto aws-cloud-control-api aws-cloud-development-kit aws-cloud9 aws-cloudshell
aws-codeartifact aws-codebuild aws-codecommit aws-codedeploy aws-codepipeline aws-command-line-interface
aws-fault-injection-service aws-infrastructure-composer aws-tools-and-sdks aws-x-ray
""",
    "services/end-user-computing": "amazon-workspaces",
    "services/front-end-web-mobile": "amazon-location-service aws-amplify aws-device-farm",
    "services/games": "amazon-gamelift-servers amazon-gamelift-streams open-3d-engine",
    "services/general-icons": "aws-marketplace-dark aws-marketplace-light",
    "services/internet-of-things": """
aws-iot-core aws-iot-device-defender aws-iot-device-management aws-iot-events aws-iot-expresslink
aws-iot-fleetwise aws-iot-greengrass aws-iot-sitewise aws-iot-twinmaker freertos
""",
    "services/management-tools": """
amazon-cloudwatch amazon-managed-grafana amazon-managed-service-for-prometheus aws-appconfig
aws-application-auto-scaling aws-auto-scaling aws-backint-agent aws-chatbot aws-cloudformation aws-cloudtrail
aws-config aws-console-mobile-application aws-control-tower aws-devops-agent aws-distro-for-opentelemetry
aws-health-dashboard aws-launch-wizard aws-license-manager aws-management-console aws-organizations
aws-partner-central aws-proton aws-resilience-hub aws-resource-explorer aws-service-catalog
aws-service-management-connector aws-systems-manager aws-telco-network-builder aws-trusted-advisor
aws-user-notifications aws-well-architected-tool
""",
    "services/media-services": """
amazon-interactive-video-service aws-deadline-cloud aws-elemental-appliances-and-software
aws-elemental-conductor aws-elemental-delta aws-elemental-link aws-elemental-live aws-elemental-mediaconnect
aws-elemental-mediaconvert aws-elemental-medialive aws-elemental-mediapackage aws-elemental-mediastore
aws-elemental-mediatailor aws-elemental-server aws-thinkbox-deadline aws-thinkbox-frost aws-thinkbox-krakatoa
aws-thinkbox-stoke aws-thinkbox-xmesh
""",
    "services/migration-modernization": """
aws-application-discovery-service aws-application-migration-service aws-data-transfer-terminal aws-datasync
aws-mainframe-modernization aws-migration-evaluator aws-migration-hub aws-transfer-family aws-transform
""",
    "services/networking-content-delivery": """
amazon-api-gateway amazon-application-recovery-controller amazon-cloudfront amazon-route-53
amazon-virtual-private-cloud amazon-vpc-lattice aws-app-mesh aws-client-vpn aws-cloud-map aws-cloud-wan
aws-direct-connect aws-global-accelerator aws-privatelink aws-rtb-fabric aws-site-to-site-vpn
aws-transit-gateway aws-verified-access elastic-load-balancing
""",
    "services/quantum-technologies": "amazon-braket",
    "services/satellite": "aws-ground-station",
    "services/security-identity": """
amazon-cloud-directory amazon-cognito amazon-detective amazon-guardduty amazon-inspector amazon-macie
amazon-security-lake amazon-verified-permissions aws-artifact aws-audit-manager aws-certificate-manager
aws-cloudhsm aws-directory-service aws-firewall-manager aws-iam-identity-center
aws-identity-and-access-management aws-key-management-service aws-network-firewall aws-payment-cryptography
aws-private-certificate-authority aws-resource-access-manager aws-secrets-manager aws-security-agent
aws-security-hub aws-security-incident-response aws-shield aws-signer aws-waf
""",
    "services/storage": """
amazon-efs amazon-elastic-block-store amazon-file-cache amazon-fsx amazon-fsx-for-lustre
amazon-fsx-for-netapp-ontap amazon-fsx-for-openzfs amazon-fsx-for-wfs amazon-s3-on-outposts
amazon-simple-storage-service amazon-simple-storage-service-glacier aws-backup aws-elastic-disaster-recovery
aws-snowball aws-snowball-edge aws-storage-gateway
""",
}
